import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { makeWithParents } from '../../core/directories.ts';
import { DrillError, errorCode, messageOf } from '../../core/errors.ts';

/** The text of a file; `missing`: there is none; `foreign`: it is a link, a directory or the like, and nothing of ours. */
export function readOwnFile(file: string): { readonly text: string } | 'missing' | 'foreign' {
  let descriptor: number;
  try {
    // A FIFO would be waited for.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return 'missing';
    if (errorCode(error) === 'ELOOP') return 'foreign';
    throw refused(file, 'read', error);
  }
  try {
    return fstatSync(descriptor).isFile() ? { text: readFileSync(descriptor, 'utf8') } : 'foreign';
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Writes a file that everybody may read: it is there whole, or as it was. A link in its place is replaced, and not followed. Throws
 * `schedule-not-installed`.
 */
export function writeFileWhole(file: string, text: string): void {
  // Neither systemd nor cron reads a file of such a name.
  const part = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}~`);
  try {
    makeWithParents(dirname(file), 0o755);
    writeFileSync(part, text, { mode: 0o644, flush: true, flag: 'wx' });
    // Whatever the umask of this process: others may look at what starts drills.
    chmodSync(part, 0o644);
    renameSync(part, file);
  } catch (error) {
    if (existsSync(part)) unlinkSync(part);
    throw refused(file, 'written', error);
  }
}

/** Removes a file that may have gone already. Throws `schedule-not-installed`. */
export function removeFile(file: string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw refused(file, 'removed', error);
  }
}

function refused(file: string, what: string, error: unknown): DrillError {
  return new DrillError('schedule-not-installed', `${file} cannot be ${what}: ${messageOf(error)}`, {
    hint: 'as root for the machine; without root for yourself alone, in your own directories',
    cause: error,
  });
}
