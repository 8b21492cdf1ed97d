import { closeSync, createReadStream, openSync, unlinkSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { DrillError, messageOf } from '../core/errors.ts';
import { saysFull } from '../host/place-fault.ts';
import type { RowBatches } from '../postgres/keyed-rows.ts';

type Row = readonly (string | null)[];

const BATCH = 2000;

/**
 * Rows on disk, in the order in which they came. The file has no name: only this process sees it, and it is gone with it, even by
 * `kill -9`.
 */
export class RowFile {
  readonly #file: number;

  /** In a directory that is its owner's alone. Throws `table-not-dumped` where it cannot be made. */
  constructor(directory: string) {
    const path = join(directory, `.rows-${process.pid}.new`);
    try {
      this.#file = openSync(path, 'wx+', 0o600);
      unlinkSync(path);
    } catch (error) {
      throw notWritten(error);
    }
  }

  write(rows: readonly Row[]): void {
    const bytes = Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    try {
      for (let done = 0; done < bytes.length;) done += writeSync(this.#file, bytes, done);
    } catch (error) {
      throw notWritten(error);
    }
  }

  /** All of them, from the first one on. */
  async *read(): RowBatches {
    const lines = createInterface({
      input: createReadStream('', { fd: this.#file, start: 0, autoClose: false }),
      crlfDelay: Infinity,
    });
    let batch: Row[] = [];
    for await (const line of lines) {
      batch.push(JSON.parse(line) as Row);
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }
}

function notWritten(error: unknown): DrillError {
  const code = saysFull(messageOf(error)) ? 'disk-full' : 'table-not-dumped';
  return new DrillError(code, `the rows of the first moment cannot be kept: ${messageOf(error)}`, {
    hint: 'free room in the directory of the reports, or name another one with --reports',
    cause: error,
  });
}
