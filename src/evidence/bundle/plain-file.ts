import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from 'node:fs';

const PIECE_BYTES = 256 * 1024;

/** Copies a file of evidence, its owner's alone. What is no file, a link above all, is left: it is on no record. */
export function copyPlainFile(from: string, to: string): void {
  const source = openSync(from, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (!fstatSync(source).isFile()) return;
    const target = openSync(to, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
    try {
      const piece = Buffer.allocUnsafe(PIECE_BYTES);
      for (let read = readSync(source, piece); read > 0; read = readSync(source, piece)) {
        let done = 0;
        while (done < read) done += writeSync(target, piece, done, read - done);
      }
    } finally {
      closeSync(target);
    }
  } finally {
    closeSync(source);
  }
}
