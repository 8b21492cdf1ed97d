import { randomBytes } from 'node:crypto';
import { unlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { makeWithParents } from '../../core/directories.ts';
import { DrillError, errorCode, messageOf } from '../../core/errors.ts';
import { readPlainFile, replaceForAll } from '../../core/plain-file.ts';

/** The same as {@link readPlainFile}. Throws `schedule-not-installed`. */
export function readOwnFile(file: string): ReturnType<typeof readPlainFile> {
  try {
    return readPlainFile(file);
  } catch (error) {
    throw refused(file, 'read', error);
  }
}

/**
 * Writes a file that everybody may look at: it is there whole, or as it was. A link in its place is replaced, and not followed. Throws
 * `schedule-not-installed`.
 */
export function writeFileWhole(file: string, text: string): void {
  // Neither systemd nor cron reads a file of such a name.
  const part = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}~`);
  try {
    makeWithParents(dirname(file), 0o755);
    replaceForAll(file, text, part);
  } catch (error) {
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
