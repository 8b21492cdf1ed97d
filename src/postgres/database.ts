import { Client, DatabaseError, type ClientConfig } from 'pg';
import Cursor from 'pg-cursor';
import type { Endpoint } from '../core/endpoint.ts';
import { DrillError, messageOf } from '../core/errors.ts';
import { timerMs } from '../core/timer.ts';

/** What the server answers to a query that it cannot run. */
export { DatabaseError };

const NO_SUCH_DATABASE = '3D000';
const NO_SUCH_ROLE = '28000';

/** What it means that the restored server does not answer a question of ours. */
function databaseFailure(error: unknown, user: string): DrillError {
  if (error instanceof DatabaseError && error.code === NO_SUCH_ROLE) {
    return new DrillError('sandbox-failed', `the restored server lets nobody in as "${user}": ${error.message}`, {
      hint: "name the cluster's superuser with sandbox.superuser in the plan",
      cause: error,
    });
  }
  const said = error instanceof DatabaseError ? 'answers with an error' : 'does not answer any more';
  return new DrillError('recovery-failed', `the restored server ${said}: ${messageOf(error)}`, {
    hint: 'the whole server log is with the report',
    cause: error,
  });
}

export interface QueryResult {
  readonly columns: readonly string[];
  /** Types by their OID; 16 is boolean, 1114 timestamp, 1184 timestamptz. */
  readonly types: readonly number[];
  /** The first rows, values as PostgreSQL prints them. */
  readonly rows: readonly (readonly (string | null)[])[];
  readonly rowCount: number;
}

const KEPT_ROWS = 20;
const BATCH = 1000;

/** One connection to the copy. Values come as the text that PostgreSQL sends: a Date would drop microseconds. */
export class Database {
  readonly #client: Client;
  /** What the server or the network said when the connection broke. */
  #lost: Error | null = null;

  private constructor(client: Client) {
    this.#client = client;
    client.on('error', (error) => {
      this.#lost = error;
    });
  }

  /** A connection for a check of the user's, with the settings of the database and the role. */
  static connect(endpoint: Endpoint, database: string): Promise<Database> {
    return Database.#open(endpoint, database, []);
  }

  /**
   * A connection for questions of our own: to whichever maintenance database there is, with nothing of the user's in the
   * search path. Throws a DrillError.
   */
  static async connectForUs(endpoint: Endpoint): Promise<Database> {
    const open = (name: string): Promise<Database> => Database.#open(endpoint, name, ['-c search_path=pg_catalog']);
    try {
      return await open('postgres').catch((error: unknown) => {
        if (error instanceof DatabaseError && error.code === NO_SUCH_DATABASE) return open('template1');
        throw error;
      });
    } catch (error) {
      throw databaseFailure(error, endpoint.user);
    }
  }

  static async #open(endpoint: Endpoint, database: string, options: readonly string[]): Promise<Database> {
    const config: ClientConfig = {
      host: endpoint.host,
      port: endpoint.port,
      user: endpoint.user,
      database,
      connectionTimeoutMillis: 10_000,
      application_name: 'pgdrill',
      // A role or a database may carry settings that load libraries; those of the connection win over them.
      options: ['-c session_preload_libraries= -c local_preload_libraries=', ...options].join(' '),
      types: { getTypeParser: () => (value: string) => value },
      ...(endpoint.password === null ? {} : { password: endpoint.password }),
    };
    const client = new Client(config);
    const connection = new Database(client);
    await client.connect();
    return connection;
  }

  /** Rows of a query of our own. Throws a DrillError. */
  async rows(sql: string): Promise<(string | null)[][]> {
    try {
      const result = await this.#client.query<(string | null)[]>({ text: sql, rowMode: 'array' });
      return result.rows;
    } catch (error) {
      throw databaseFailure(error, this.#client.user ?? '');
    }
  }

  /**
   * One query of the user's in a read-only transaction with a statement timeout. A single statement is enforced by the
   * extended protocol; of a large result only the first rows are kept. Aborting the signal cancels the query.
   */
  async readOnly(sql: string, timeoutMs: number, signal: AbortSignal): Promise<QueryResult> {
    await this.#client.query('begin transaction read only');
    await this.#client.query(`set local statement_timeout = ${Math.max(1, timerMs(timeoutMs))}`);
    const stop = (): void => {
      this.#client.connection.stream.destroy();
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      return await this.#fetch(sql);
    } finally {
      signal.removeEventListener('abort', stop);
      if (!this.#lost && !signal.aborted) await this.#client.query('rollback');
    }
  }

  async #fetch(sql: string): Promise<QueryResult> {
    const cursor = this.#client.query(new Cursor<(string | null)[]>(sql, [], { rowMode: 'array' }));
    const kept: (string | null)[][] = [];
    let fields: readonly { name: string; dataTypeID: number }[] = [];
    let rowCount = 0;
    for (;;) {
      const batch = await readBatch(cursor);
      fields = batch.fields;
      rowCount += batch.rows.length;
      kept.push(...batch.rows.slice(0, KEPT_ROWS - kept.length));
      if (batch.rows.length < BATCH) break;
    }
    await cursor.close();
    return {
      columns: fields.map(({ name }) => name),
      types: fields.map(({ dataTypeID }) => dataTypeID),
      rows: kept,
      rowCount,
    };
  }

  async close(): Promise<void> {
    if (!this.#lost) await this.#client.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

interface Batch {
  readonly rows: (string | null)[][];
  readonly fields: readonly { name: string; dataTypeID: number }[];
}

function readBatch(cursor: Cursor<(string | null)[]>): Promise<Batch> {
  return new Promise((resolve, reject) => {
    cursor.read(BATCH, (error, rows, result) => {
      if (error) reject(error);
      else resolve({ rows, fields: result.fields });
    });
  });
}
