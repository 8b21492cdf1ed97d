import { asDrillError, errorCode } from '../core/errors.ts';

/** What the system, or SQLite, says; anything else is a bug of ours. */
export function isOfTheSystem(error: unknown): boolean {
  const code = errorCode(error) ?? '';
  return asDrillError(error) !== null || /^E[A-Z0-9]+$/.test(code) || code === 'ERR_SQLITE_ERROR';
}
