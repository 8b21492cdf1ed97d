import { closeSync, constants, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { DrillError } from '../../core/errors.ts';

const NEWLINE = 10;
const PIECE_BYTES = 64 * 1024;

/** The file of a ledger, while it is open. Lines are written whole and are on disk when `append` returns. */
export class LedgerFile {
  readonly #path: string;
  readonly #descriptor: number;
  #size: number;

  private constructor(path: string, flags: number) {
    this.#path = path;
    // A pipe would be waited for.
    this.#descriptor = openSync(path, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o600);
    const about = fstatSync(this.#descriptor);
    if (!about.isFile()) {
      closeSync(this.#descriptor);
      throw new DrillError('not-found', `the ledger ${path} cannot be read: it is no file`);
    }
    this.#size = about.size;
  }

  /** Opens the file to add to it; makes it, its owner's alone, where there is none. For whoever holds the lock. */
  static toAppend(path: string): LedgerFile {
    return new LedgerFile(path, constants.O_RDWR | constants.O_CREAT);
  }

  /** Opens the file to read what is in it now. */
  static toRead(path: string): LedgerFile {
    return new LedgerFile(path, constants.O_RDONLY);
  }

  get size(): number {
    return this.#size;
  }

  read(start: number, end: number): Buffer {
    const bytes = Buffer.alloc(Math.max(0, end - start));
    let done = 0;
    while (done < bytes.length) {
      const read = readSync(this.#descriptor, bytes, done, bytes.length - done, start + done);
      if (read === 0) break;
      done += read;
    }
    return bytes.subarray(0, done);
  }

  /** Where the whole lines end: behind the last newline. */
  endOfLines(): number {
    for (let end = this.#size; end > 0; end -= PIECE_BYTES) {
      const start = Math.max(0, end - PIECE_BYTES);
      const at = this.read(start, end).lastIndexOf(NEWLINE);
      if (at >= 0) return start + at + 1;
    }
    return 0;
  }

  /** Cuts off all that is behind an offset. */
  cut(size: number): void {
    ftruncateSync(this.#descriptor, size);
    this.#size = size;
  }

  /**
   * Writes lines behind the last. Where not all of them can be written (the disk is full), none is left. A new file's name
   * is on disk as well.
   */
  append(lines: readonly string[]): void {
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
    const before = this.#size;
    try {
      let done = 0;
      while (done < bytes.length) {
        done += writeSync(this.#descriptor, bytes, done, bytes.length - done, before + done);
      }
      fsyncSync(this.#descriptor);
    } catch (error) {
      this.cut(before);
      throw error;
    }
    this.#size += bytes.length;
    if (before === 0) syncDirectory(dirname(this.#path));
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

function syncDirectory(path: string): void {
  const directory = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
