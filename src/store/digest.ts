import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';

/** The SHA-256 of a text, in hexadecimal digits. */
export function digestOfText(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The SHA-256 of a file and its size; read in pieces, since the log of a restore has a line for every file of the cluster. */
export function digestOf(path: string): { sha256: string; bytes: number } {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(64 * 1024);
  const file = openSync(path, 'r');
  let bytes = 0;
  try {
    for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) {
      hash.update(buffer.subarray(0, read));
      bytes += read;
    }
  } finally {
    closeSync(file);
  }
  return { sha256: hash.digest('hex'), bytes };
}
