import { DatabaseError, type Client } from 'pg';
import { DrillError, messageOf } from '../core/errors.ts';
import { comparedSettings } from './compared-settings.ts';
import { CopyIn } from './copy-streams.ts';
import type { Database } from './database.ts';
import { connectTo, untilAborted } from './production.ts';

/**
 * What holds before anything else is said there, whatever a role or a database says. Names without a schema are PostgreSQL's own. Where
 * backslashes meant something (`standard_conforming_strings`), a name could end the literal that it stands in. A transaction of somebody
 * who is gone ends by itself.
 */
const BEGINNING = [
  'begin transaction isolation level read committed read write',
  'set local search_path = pg_catalog, pg_temp',
  "set local lock_timeout = '2s'",
  'set local statement_timeout = 0',
  "set local idle_in_transaction_session_timeout = '5min'",
  // PostgreSQL 14 and newer; only Linux is known to have what it takes on every version. Else a count goes on when nobody waits for it.
  `select set_config(name, '2s', true) from pg_settings where name = 'client_connection_check_interval' and version() like '%linux%'`,
];

/** The connection was lost after the server was told to commit, and before it has answered. */
export class UnknownCommit extends DrillError {
  constructor(cause: unknown) {
    super('table-not-dumped', `the connection to --into-dsn was lost at the commit: ${messageOf(cause)}`, {
      hint: 'look there whether the schema is there: it is there with all counted rows, or not at all',
      cause,
    });
  }
}

/**
 * The one server that is written to, since somebody has named it for that. All that is done there is one transaction: it is there whole,
 * or nothing of it is.
 */
export class LoadTarget {
  readonly #client: Client;
  readonly #signal: AbortSignal;

  private constructor(client: Client, signal: AbortSignal) {
    this.#client = client;
    this.#signal = signal;
  }

  /** Throws what the server or the network says. */
  static async connect(dsn: string, signal: AbortSignal): Promise<LoadTarget> {
    return new LoadTarget(await connectTo(dsn, { database: null, name: 'pgdrill-table' }, signal), signal);
  }

  /** Does all of it in one transaction, which waits for no lock longer than two seconds. Throws what the server says. */
  async inTransaction<T>(work: () => Promise<T>): Promise<T> {
    try {
      for (const statement of [...BEGINNING, ...comparedSettings('set local').split('; ')]) await this.rows(statement);
      const result = await work();
      await this.#commit();
      return result;
    } catch (error) {
      await this.#client.query('rollback').catch(() => {});
      throw error;
    }
  }

  async #commit(): Promise<void> {
    try {
      await this.rows('commit');
    } catch (error) {
      if (error instanceof DatabaseError) throw error;
      throw new UnknownCommit(error);
    }
  }

  /** One statement: the extended protocol refuses a second one behind it. Throws what the server says. */
  async rows(sql: string): Promise<(string | null)[][]> {
    return untilAborted(this.#client, this.#signal, async () => {
      const question = { text: sql, rowMode: 'array' as const, queryMode: 'extended' };
      const { rows } = await this.#client.query<(string | null)[]>(question);
      return rows;
    });
  }

  /** Copies rows of a copy into a table here; `out` is asked there, `into` here. */
  async copyFrom(copy: Database, out: string, into: string): Promise<void> {
    await untilAborted(this.#client, this.#signal, async () => {
      const sink = this.#client.query(new CopyIn(into));
      await sink.begun();
      let sending: Promise<void> = Promise.resolve();
      let waiting = 0;
      try {
        await copy.copyOut(out, (chunk) => {
          // The piece is a part of a buffer that pg uses again.
          const piece = Buffer.from(chunk);
          sending = sending.then(() => sink.send(piece));
          waiting += piece.length;
          if (waiting < PIECE_BYTES) return null;
          waiting = 0;
          return sending;
        });
        await sending;
      } catch (error) {
        await sink.end(error instanceof Error ? error : new Error(String(error))).catch(() => {});
        throw error;
      }
      await sink.end(null);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.end().catch(() => {});
  }
}

/** After so much it is waited until it is under way. */
const PIECE_BYTES = 256 * 1024;
