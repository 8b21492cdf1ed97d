import { formatDuration } from '../core/duration.ts';
import { messageOf } from '../core/errors.ts';
import { abortAfter } from '../core/timer.ts';
import type { DatabaseError } from '../postgres/database.ts';
import { SQLSTATE } from '../postgres/sqlstate.ts';
import type { QueryResult } from '../postgres/streamed-query.ts';
import type { CheckContext, CheckFinding } from './check.ts';

/** A query of a check, and whom it asks. */
interface Asked {
  readonly sql: string;
  readonly database: string;
  readonly user?: string | undefined;
  readonly timeout: number;
  /** Statements that come before it. */
  readonly before?: string;
}

/** The answer of the copy, or why there is none: then the finding, and the SQLSTATE if the server said one. */
export type Answer =
  | { readonly result: QueryResult }
  | { readonly finding: CheckFinding; readonly sqlstate: string | null };

/** Asks the copy in a read-only transaction with a statement timeout. Never throws. */
export async function askDatabase(asked: Asked, expected: string, context: CheckContext): Promise<Answer> {
  const deadline = abortAfter(asked.timeout + 5000);
  const signal = AbortSignal.any([context.signal, deadline]);
  try {
    await using database = await context.sessions.forCheck(asked.database, asked.user ?? null);
    if (context.lockTimeoutMs !== undefined) await database.execute(`set lock_timeout = ${context.lockTimeoutMs}`);
    if (asked.before !== undefined) await database.execute(asked.before);
    return { result: await database.readOnly(asked.sql, asked.timeout, signal) };
  } catch (error) {
    // Whoever merely reads a plan needs no client of PostgreSQL.
    const { DatabaseError, lackOf } = await import('../postgres/database.ts');
    const lack = context.signal.aborted ? null : lackOf(error);
    const unanswered = { expected, observed: null };
    if (lack) return { finding: { ...unanswered, status: 'skipped', message: lack.what, lack }, sqlstate: null };
    const said = error instanceof DatabaseError ? error : null;
    if (said?.code === SQLSTATE.lockNotAvailable && context.lockTimeoutMs !== undefined)
      return { finding: { ...unanswered, status: 'skipped', message: LOCKED.what, lack: LOCKED }, sqlstate: said.code };
    const message = explain(said ?? messageOf(error), asked, context.signal);
    return { finding: { ...unanswered, status: 'error', message }, sqlstate: said?.code ?? null };
  }
}

function explain(error: DatabaseError | string, { timeout, database }: Asked, runSignal: AbortSignal): string {
  if (runSignal.aborted) return 'the run was ended while it was asked';
  if (typeof error === 'string') return error;
  if (error.code === SQLSTATE.queryCanceled) return `no answer within ${formatDuration(timeout)}`;
  const searchPath = error.code === SQLSTATE.undefinedTable ? SEARCH_PATH_HINT : '';
  const position = error.position === undefined ? '' : ` at character ${error.position}`;
  return `${error.message}${position} (SQLSTATE ${error.code ?? '?'}, database ${database})${error.hint === undefined ? '' : `; hint: ${error.hint}`}${searchPath}`;
}

const SEARCH_PATH_HINT =
  '; a search path that a database or a role of production sets does not apply here: write the schema before the name';

/** At such a stop PostgreSQL keeps the locks of what is in the middle of its work, such as DDL or a vacuum that cuts off pages. */
const LOCKED = {
  what: 'a transaction that was not over at the target holds a lock on what was asked for',
  hint: 'drill this target alone: promoted, the copy has no such lock; or name a target a little earlier or later',
  code: 'rung-unanswered',
} as const;
