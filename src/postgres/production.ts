import { Client } from 'pg';
import { abortAfter, timerMs } from '../core/timer.ts';
import { StreamedQuery, type QueryResult } from './streamed-query.ts';

const CONNECT_MS = 10_000;

/** What a connection string may not bring: it would undo what is set here, or a pooler would refuse it. */
const OURS = /[?&](?:options|application_name|fallback_application_name|statement_timeout|replication)=/i;

/** What is wrong with a connection string; null: it can be tried. Never shows any of it. */
export function dsnProblem(dsn: string): string | null {
  if (!/^postgres(?:ql)?:\/\//.test(dsn))
    return 'is no URL such as postgresql://user@host/database?sslmode=verify-full';
  if (OURS.test(dsn)) return 'sets options or application_name, which pgdrill sets itself; leave them out';
  const host = hostOf(dsn);
  if (host === null) return 'names no host';
  const isHere = host.startsWith('/') || ['localhost', '127.0.0.1', '[::1]', '::1'].includes(host);
  if (!isHere && !/[?&]sslmode=/.test(dsn))
    return 'says nothing of TLS; add sslmode=verify-full, or sslmode=disable where the way there is safe';
  return null;
}

function hostOf(dsn: string): string | null {
  const asked = /[?&]host=([^&]*)/.exec(dsn)?.[1];
  if (asked !== undefined && asked !== '') return decodeURIComponent(asked);
  const named = /^postgres(?:ql)?:\/\/(?:[^/?#]*@)?(\[[^\]]*\]|[^/?#:]*)/.exec(dsn)?.[1] ?? '';
  return named === '' ? null : decodeURIComponent(named);
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

  /** To a database (null: the one that the string names). Throws what the server or the network says. */
  static async connect(dsn: string, database: string | null, signal: AbortSignal): Promise<Production> {
    const connectionString = `${dsn}${dsn.includes('?') ? '&' : '?'}uselibpqcompat=true`;
    const client = new Client({
      connectionString: database === null ? connectionString : withDatabase(connectionString, database),
      application_name: 'pgdrill-compare',
      client_encoding: 'UTF8',
      connectionTimeoutMillis: CONNECT_MS,
      types: { getTypeParser: () => (value: string) => value },
    });
    // What breaks it later is seen by the question that is under way.
    client.on('error', () => {});
    await client.connect();
    return new Production(client, signal);
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
      return null;
    }
  }

  /** One query. Throws what the server says; the transaction is rolled back in any case. */
  async ask(sql: string, timeoutMs: number): Promise<QueryResult> {
    const limit = Math.max(1, timerMs(timeoutMs));
    const stop = (): void => {
      this.#client.connection.stream.destroy();
    };
    const signal = AbortSignal.any([this.#signal, abortAfter(limit + 5000)]);
    signal.addEventListener('abort', stop, { once: true });
    try {
      await this.#client.query('begin transaction read only');
      await this.#client.query(
        `set local statement_timeout = ${limit}; set local lock_timeout = ${Math.min(limit, 2000)}`,
      );
      return await this.#client.query(new StreamedQuery(sql)).result;
    } finally {
      signal.removeEventListener('abort', stop);
      await this.#client.query('rollback').catch(() => {});
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.end().catch(() => {});
  }
}

function withDatabase(dsn: string, database: string): string {
  return dsn.replace(/^(postgres(?:ql)?:\/\/[^/?#]*)(?:\/[^?#]*)?/, `$1/${encodeURIComponent(database)}`);
}
