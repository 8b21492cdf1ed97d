import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DrillError, messageOf } from '../core/errors.ts';
import { saysFull } from '../host/place-fault.ts';
import type { RowBatches } from '../postgres/keyed-rows.ts';

type Row = readonly (string | null)[];

const BATCH = 2000;
const PIECE_BYTES = 256 * 1024;

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
    let batch: Row[] = [];
    for (const line of this.#lines()) {
      batch.push(JSON.parse(line) as Row);
      if (batch.length < BATCH) continue;
      yield await Promise.resolve(batch);
      batch = [];
    }
    if (batch.length > 0) yield batch;
  }

  /** By line feeds alone: readline takes U+2028, which may stand in a value, for the end of a line as well. */
  *#lines(): Generator<string> {
    const piece = Buffer.alloc(PIECE_BYTES);
    let begun: Buffer[] = [];
    for (let at = 0; ;) {
      const length = readSync(this.#file, piece, 0, PIECE_BYTES, at);
      if (length === 0) return;
      at += length;
      let from = 0;
      for (let end = piece.indexOf(10); end !== -1 && end < length; end = piece.indexOf(10, from)) {
        yield Buffer.concat([...begun, piece.subarray(from, end)]).toString();
        begun = [];
        from = end + 1;
      }
      begun.push(Buffer.from(piece.subarray(from, length)));
    }
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
