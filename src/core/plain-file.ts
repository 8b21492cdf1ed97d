import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { errorCode } from './errors.ts';

/**
 * The text of a file; `missing`: there is none; `foreign`: it is a link, a directory, a pipe or the like, or larger than `most` bytes.
 * Throws what the system says of a file that cannot be read.
 */
export function readPlainFile(file: string, most = Infinity): { readonly text: string } | 'missing' | 'foreign' {
  let descriptor: number;
  try {
    // A pipe would be waited for.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const code = errorCode(error) ?? '';
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'missing';
    if (code === 'ELOOP' || code === 'ENXIO') return 'foreign';
    throw error;
  }
  try {
    const about = fstatSync(descriptor);
    return about.isFile() && about.size <= most ? { text: readFileSync(descriptor, 'utf8') } : 'foreign';
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Puts a text in the place of a file, for everybody to read whatever the umask is: it is there whole, or as it was. `beside` is the name
 * that it has until then, one that nobody else has. A link in the place of either is not followed. Throws what the system says.
 */
export function replaceForAll(file: string, text: string, beside: string): void {
  try {
    writeFileSync(beside, text, { mode: 0o644, flush: true, flag: 'wx' });
    chmodSync(beside, 0o644);
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}
