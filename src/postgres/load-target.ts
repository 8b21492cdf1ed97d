import type { Client } from 'pg';
import { CopyIn } from './copy-streams.ts';
import type { Database } from './database.ts';
import { connectTo, untilAborted } from './production.ts';

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
      await this.execute("begin; set local lock_timeout = '2s'; set local statement_timeout = 0");
      const result = await work();
      await this.execute('commit');
      return result;
    } catch (error) {
      await this.#client.query('rollback').catch(() => {});
      throw error;
    }
  }

  async execute(statements: string): Promise<void> {
    await untilAborted(this.#client, this.#signal, () => this.#client.query(statements));
  }

  async rows(sql: string): Promise<(string | null)[][]> {
    return untilAborted(this.#client, this.#signal, async () => {
      const { rows } = await this.#client.query<(string | null)[]>({ text: sql, rowMode: 'array' });
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
