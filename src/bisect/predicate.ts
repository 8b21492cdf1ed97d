import { messageOf } from '../core/errors.ts';
import { DatabaseError, lackOf } from '../postgres/database.ts';
import type { Sessions } from '../postgres/sessions.ts';
import { isNoAnswer, TYPES } from '../postgres/sqlstate.ts';
import type { QueryResult } from '../postgres/streamed-query.ts';
import type { Answer } from './flips.ts';

/** What is asked of the copy at each stop. */
export interface Predicate {
  readonly sql: string;
  readonly database: string;
  /** Tables that it reads beside those that its plan names. */
  readonly tables: readonly string[];
  readonly timeoutMs: number;
}

/** Nobody works on the copy: who waits for a lock waits for a transaction that replay holds open. */
const LOCK_TIMEOUT_MS = 1000;

/** Asks the copy, in a read-only transaction of a session of its own. Throws only what is no answer and ends the run. */
export async function askPredicate(sessions: Sessions, predicate: Predicate, signal: AbortSignal): Promise<Answer> {
  try {
    await using database = await sessions.forCheck(predicate.database, null);
    await database.execute(`set lock_timeout = ${LOCK_TIMEOUT_MS}`);
    return truthOf(await database.readOnly(predicate.sql, predicate.timeoutMs, signal));
  } catch (error) {
    signal.throwIfAborted();
    const message = messageOf(error);
    const code = error instanceof DatabaseError ? (error.code ?? null) : null;
    const isAnswer = code !== null && lackOf(error) === null && !isNoAnswer(code);
    return { state: isAnswer ? 'error' : null, message, code };
  }
}

/** One row with one boolean; no row is no truth either. */
export function truthOf({ columns, types, rows, rowCount }: QueryResult): Answer {
  if (columns.length !== 1 || types[0] !== TYPES.boolean || rowCount > 1)
    return { state: 'error', message: NO_PREDICATE, code: null };
  const value = rows[0]?.[0] ?? null;
  return { state: value === null ? 'null' : value === 't' ? 'true' : 'false', message: null, code: null };
}

/** What is wrong with a query that is no predicate. */
export const NO_PREDICATE = 'it has to answer with one row of one boolean';
