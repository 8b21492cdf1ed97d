import { DrillError, errorCode, messageOf } from '../core/errors.ts';

/** What Linux calls a file system, or the share of a user, that takes no more: in words (strerror of glibc) and by code. */
const FULL = /No space left on device|Disk quota exceeded|\bENOSPC\b|\bEDQUOT\b/;

/** Whether a message is about a file system, or the share of a user, that takes no more. */
export function saysFull(message: string): boolean {
  return FULL.test(message);
}

/** A file of a run that its machine does not take: never a word about the backup, and no bug. */
export function placeFault(what: string, why: string): DrillError {
  if (!saysFull(why)) return new DrillError('sandbox-failed', `${what}: ${why}`);
  return new DrillError('disk-full', `${what}: ${why}`, {
    hint: 'free room on the scratch file system, or name another one with --scratch',
  });
}

/** The codes of the system, such as ENOSPC; those of Node.js itself, such as ERR_INVALID_ARG_TYPE, tell of a bug. */
const OF_SYSTEM = /^E[A-Z0-9]+$/;

/** Writes something below `path`. What the system refuses is thrown as a fault of the place. */
export async function writing<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!OF_SYSTEM.test(errorCode(error) ?? '')) throw error;
    throw placeFault(`${path} cannot be written`, messageOf(error));
  }
}
