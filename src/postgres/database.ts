import { Client, DatabaseError } from 'pg';
import type { Endpoint } from '../core/endpoint.ts';
import { DrillError, messageOf } from '../core/errors.ts';
import { timerMs } from '../core/timer.ts';
import { CopyOut, type TakeCopied } from './copy-streams.ts';
import { GuardedSocket } from './guarded-socket.ts';
import { environmentLacks, lackIn } from './lacks.ts';
import { StreamedQuery, type QueryResult } from './streamed-query.ts';

/** What the server answers to a query that it cannot run. */
export { DatabaseError };

/** What it means that the restored server does not answer a question of ours. */
export function databaseFailure(error: unknown): DrillError {
  if (error instanceof DrillError) return error;
  const lack = lackOf(error);
  if (lack) return environmentLacks(lack, error);
  const said = error instanceof DatabaseError ? 'answers with an error' : 'does not answer any more';
  return new DrillError('recovery-failed', `the restored server ${said}: ${messageOf(error)}`, {
    hint: 'the whole server log is with the report',
    cause: error,
  });
}

/** What is missing on the server's machine, when that is what an error is about. */
export function lackOf(error: unknown): ReturnType<typeof lackIn> {
  return error instanceof DatabaseError ? lackIn(`${error.message}\n${error.detail ?? ''}`) : null;
}

/** A copy trusts whoever reaches its socket. What asks for a password there is no server of ours, and gets none. */
function refusePassword(): never {
  throw new Error('it asks for a password, which no server of a drill does');
}

interface ConnectOptions {
  readonly database: string;
  /** The `options` of the startup packet. */
  readonly options?: string;
}

/** What came of a statement, or what the server said against it. */
export type Attempt =
  | { readonly rows: readonly (readonly (string | null)[])[] }
  | { readonly refused: string; readonly detail: string };

/** One connection to a server. Values come as the text that PostgreSQL sends: a Date would drop microseconds. */
export class Database {
  readonly #client: Client;
  readonly #socket: GuardedSocket;
  /** What the server or the network said when the connection broke. */
  #lost: Error | null = null;
  #encoding: string | null = null;

  private constructor(endpoint: Endpoint, { database, options = '' }: ConnectOptions) {
    const socket = new GuardedSocket();
    this.#socket = socket;
    // All that pg would take from the PG* variables of whoever runs the drill is said here.
    this.#client = new Client({
      host: endpoint.host,
      port: endpoint.port,
      user: endpoint.user,
      database,
      options: options || '-c application_name=pgdrill',
      application_name: 'pgdrill',
      // A machine that stalls takes seconds to let us in, and that is no fault of the copy.
      connectionTimeoutMillis: 60_000,
      ssl: false,
      sslnegotiation: 'postgres',
      client_encoding: 'UTF8',
      stream: () => socket,
      types: { getTypeParser: () => (value: string) => value },
      // Without it pg would send what PGPASSWORD or ~/.pgpass has for such a server.
      password: refusePassword,
    });
    this.#client.on('error', (error) => {
      this.#lost = error;
    });
    this.#client.connection.on('parameterStatus', (status: { parameterName: string; parameterValue: string }) => {
      if (status.parameterName === 'server_encoding') this.#encoding = status.parameterValue;
    });
  }

  /**
   * A connection as anybody gets it; those to a copy come from {@link Sessions}. In a database that knows no encoding
   * (SQL_ASCII) values come as they are, bytes that are not UTF-8 escaped: `\xe9`.
   */
  static async connect(endpoint: Endpoint, options: ConnectOptions): Promise<Database> {
    const connection = new Database(endpoint, options);
    try {
      await connection.#client.connect();
    } catch (error) {
      connection.#socket.destroy();
      throw error;
    }
    if (connection.#encoding === 'SQL_ASCII') {
      connection.#socket.escapes = true;
      await connection.#client.query("set client_encoding = 'SQL_ASCII'");
    }
    return connection;
  }

  /** Several statements of our own, whose answers do not matter. Throws what the server says. */
  async execute(statements: string): Promise<void> {
    await this.#client.query(statements);
  }

  /** Rows of a query of our own. Throws a DrillError. */
  async rows(sql: string): Promise<(string | null)[][]> {
    try {
      const result = await this.#client.query<(string | null)[]>({ text: sql, rowMode: 'array' });
      return result.rows;
    } catch (error) {
      throw databaseFailure(error);
    }
  }

  /**
   * A statement of our own that the server may refuse, in words that the caller judges. Throws a DrillError when there is no
   * answer at all.
   */
  async attempt(sql: string): Promise<Attempt> {
    try {
      const { rows } = await this.#client.query<(string | null)[]>({ text: sql, rowMode: 'array' });
      return { rows };
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw databaseFailure(error);
      return { refused: error.message, detail: error.detail ?? '' };
    }
  }

  /**
   * One query of the user's in a read-only transaction with a statement timeout. Throws what the server says, and an
   * error for what is no question: no statement, more than one, one without rows. Aborting the signal cancels the query.
   */
  async readOnly(sql: string, timeoutMs: number, signal: AbortSignal): Promise<QueryResult> {
    await this.#client.query('begin transaction read only');
    await this.#client.query(`set local statement_timeout = ${Math.max(1, timerMs(timeoutMs))}`);
    const stop = (): void => {
      this.#socket.destroy();
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      return await this.#client.query(new StreamedQuery(sql)).result;
    } finally {
      signal.removeEventListener('abort', stop);
      if (!this.#lost && !this.#socket.destroyed && !signal.aborted) await this.#client.query('rollback');
    }
  }

  /** Copies rows of ours out, as COPY writes them, to whoever takes them. Throws what the server says. */
  async copyOut(sql: string, take: TakeCopied): Promise<void> {
    await this.#client.query(new CopyOut(sql, take)).done;
  }

  async close(): Promise<void> {
    if (!this.#lost && !this.#socket.destroyed) await this.#client.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
