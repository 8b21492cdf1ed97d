import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { errorCode, messageOf } from '../../core/errors.ts';
import { digestOf } from '../../store/digest.ts';

/** What lies in a folder, of whatever kind it is; nothing where there is none. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch {
    return [];
  }
}

/** Why a folder that is there cannot be looked into; null: it can, or it is not there. */
export function whyClosed(folder: string): string | null {
  try {
    readdirSync(folder);
    return null;
  } catch (error) {
    return errorCode(error) === 'ENOENT' ? null : `it cannot be read: ${messageOf(error)}`;
  }
}

/** Whether anything has this name, a link that leads nowhere as well. */
export function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true; // It may not be looked at.
  }
}

/** The text of a file of evidence. Throws an Error whose message says why there is none: `it is missing`. */
export function textOf(path: string): string {
  return reading(path, () => {
    const bytes = readFileSync(path);
    const text = bytes.toString('utf8');
    // What is no UTF-8 all becomes the same sign, and would hide a change.
    if (!Buffer.from(text).equals(bytes)) throw new Error('it is no UTF-8: it was changed');
    return text;
  });
}

/** The SHA-256 of a file of evidence. Throws an Error as {@link textOf} does. */
export function sha256Of(path: string): string {
  return reading(path, () => digestOf(path).sha256);
}

/** Only files are opened: whoever opens a pipe may wait for ever, and a link leads to what nobody has put on record. */
function reading<T>(path: string, read: () => T): T {
  const about = lstatSync(path, { throwIfNoEntry: false });
  if (about === undefined) throw new Error('it is missing');
  if (!about.isFile()) throw new Error('it is no file');
  try {
    return read();
  } catch (error) {
    if (errorCode(error) === null) throw error;
    throw new Error(`it cannot be read: ${messageOf(error)}`, { cause: error });
  }
}
