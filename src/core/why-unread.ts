import { errorCode, messageOf } from './errors.ts';

/** Why a file that somebody named was not read: the rest of a sentence that begins with its path. */
export function whyUnread(error: unknown): string {
  const code = errorCode(error);
  if (code === 'ENOENT') return 'does not exist';
  if (code === 'EISDIR') return 'is a directory';
  return code === 'EACCES' ? 'may not be read by this user' : `cannot be read: ${messageOf(error)}`;
}
