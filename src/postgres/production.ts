import { Client } from 'pg';
import { abortAfter, timerMs } from '../core/timer.ts';
import { comparedSettings, SCHEMAS } from './compared-settings.ts';
import { StreamedQuery, type QueryResult } from './streamed-query.ts';

/** One statement of our own, and its rows. */
export type AskRows = (sql: string) => Promise<readonly (readonly (string | null)[])[]>;

const CONNECT_MS = 10_000;

/** What pg's typings leave out of a client. */
interface Parameters {
  readonly connectionParameters: { options: string; replication: string; database: string };
}

/** What production said, and in which schemas it has looked for names without one. */
interface ProductionResult extends QueryResult {
  readonly searchPath: string;
}

/**
 * A connection to production, for questions alone. Every question is a transaction of its own that is read only, with limits on
 * its time and on the time that it waits for a lock. sslmode means what it means to libpq.
 */
export class Production {
  readonly #client: Client;
  readonly #signal: AbortSignal;

  private constructor(client: Client, signal: AbortSignal) {
    this.#client = client;
    this.#signal = signal;
  }

  /** To a database (null: the one that the string names). Throws what the server or the network says, and the reason of the signal. */
  static async connect(dsn: string, database: string | null, signal: AbortSignal): Promise<Production> {
    return new Production(await connectTo(dsn, { database, name: 'pgdrill-compare' }, signal), signal);
  }

  get database(): string {
    return this.#client.database ?? '';
  }

  /** The system identifier of the cluster; null: this role may not ask. */
  async systemId(timeoutMs: number): Promise<string | null> {
    try {
      const { rows } = await this.ask('select system_identifier::text from pg_catalog.pg_control_system()', timeoutMs);
      return rows[0]?.[0] ?? null;
    } catch {
      this.#signal.throwIfAborted();
      return null;
    }
  }

  /** One query. Throws what the server says; the transaction is rolled back in any case. */
  async ask(sql: string, timeoutMs: number): Promise<ProductionResult> {
    const limit = Math.max(1, timerMs(timeoutMs));
    const signal = AbortSignal.any([this.#signal, abortAfter(limit + 5000)]);
    try {
      return await untilAborted(this.#client, signal, async () => {
        await this.#client.query('begin transaction read only');
        const limits = `set local statement_timeout = ${limit}; set local lock_timeout = ${Math.min(limit, 2000)}`;
        await this.#client.query(`${limits}; ${comparedSettings('set local')}`);
        const schemas = await this.#client.query(new StreamedQuery(SCHEMAS)).result;
        const answer = await this.#client.query(new StreamedQuery(sql)).result;
        return { ...answer, searchPath: schemas.rows[0]?.[0] ?? '' };
      });
    } finally {
      await this.#client.query('rollback').catch(() => {});
    }
  }

  /**
   * Several questions of one state, in one transaction that is read only; `settings` are statements of ours that come first. A question
   * is one statement: the extended protocol refuses a second one behind it, which might end the transaction. Each has the limits of
   * {@link ask}. Throws what the server says; the transaction is rolled back in any case.
   */
  async inOneState<T>(settings: string, timeoutMs: number, work: (ask: AskRows) => Promise<T>): Promise<T> {
    const limit = Math.max(1, timerMs(timeoutMs));
    const ask: AskRows = (sql) =>
      untilAborted(this.#client, AbortSignal.any([this.#signal, abortAfter(limit + 5000)]), async () => {
        const question = { text: sql, rowMode: 'array' as const, queryMode: 'extended' };
        const { rows } = await this.#client.query<(string | null)[]>(question);
        return rows;
      });
    try {
      await ask('set default_transaction_read_only = on');
      await ask('begin transaction isolation level repeatable read read only');
      const limits = `set local statement_timeout = ${limit}; set local lock_timeout = ${Math.min(limit, 2000)}`;
      await untilAborted(this.#client, this.#signal, () => this.#client.query(`${limits}; ${settings}`));
      return await work(ask);
    } finally {
      await this.#client.query('rollback').catch(() => {});
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.end().catch(() => {});
  }
}

/** A client of a server that a connection string names. Throws what the server or the network says, and the reason of the signal. */
export async function connectTo(
  dsn: string,
  { database, name }: { readonly database: string | null; readonly name: string },
  signal: AbortSignal,
): Promise<Client> {
  signal.throwIfAborted();
  const client = new Client({
    connectionString: `${dsn}${dsn.includes('?') ? '&' : '?'}uselibpqcompat=true`,
    application_name: name,
    client_encoding: 'UTF8',
    connectionTimeoutMillis: CONNECT_MS,
    types: { getTypeParser: () => (value: string) => value },
  });
  prepare(client, database);
  // What breaks it later is seen by the question that is under way.
  client.on('error', () => {});
  await untilAborted(client, signal, () => client.connect());
  return client;
}

/**
 * pg would take PGOPTIONS and PGREPLICATION of whoever runs the drill, and reads the name of a database in a string with some of its
 * signs still encoded.
 */
function prepare(client: Client, database: string | null): void {
  const { connectionParameters } = client as unknown as Parameters;
  connectionParameters.options = '';
  connectionParameters.replication = '';
  if (database === null) return;
  connectionParameters.database = database;
  client.database = database;
}

/** Does something with a connection, which breaks when the signal is aborted. */
export async function untilAborted<T>(client: Client, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const stop = (): void => {
    client.connection.stream.destroy();
  };
  signal.throwIfAborted();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await work();
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
