import { formatDuration } from '../../core/duration.ts';
import { abortAfter } from '../../core/timer.ts';
import type { ResolvedCheck } from '../../plan/drill-plan.ts';
import { DatabaseError, lackOf } from '../../postgres/database.ts';
import { describeExpectation, judgeResult } from '../expect.ts';
import type { CheckContext, CheckFinding } from '../check.ts';

type SqlCheck = Extract<ResolvedCheck, { kind: 'sql' }>;

/** Asks the restored instance one query, in a read-only transaction with a statement timeout. */
export async function runSqlCheck(check: SqlCheck, context: CheckContext): Promise<CheckFinding> {
  const expected = describeExpectation(check.expect);
  const deadline = abortAfter(check.timeout + 5000);
  const signal = AbortSignal.any([context.signal, deadline]);
  try {
    await using database = await context.sessions.forCheck(check.database, check.user ?? null);
    const result = await database.readOnly(check.sql, check.timeout, signal);
    const { ok, error, observed } = judgeResult(result, check.expect, context.reference);
    return { status: error === null ? (ok ? 'passed' : 'failed') : 'error', expected, observed, message: error };
  } catch (error) {
    const lack = context.signal.aborted ? null : lackOf(error);
    if (lack) return { status: 'skipped', expected, observed: null, message: lack.what, lack };
    return { status: 'error', expected, observed: null, message: explain(error, check, context.signal) };
  }
}

const QUERY_CANCELED = '57014';
const UNDEFINED_TABLE = '42P01';

function explain(error: unknown, { timeout, database }: SqlCheck, runSignal: AbortSignal): string {
  if (runSignal.aborted) return 'the run was ended while it was asked';
  if (!(error instanceof DatabaseError)) return error instanceof Error ? error.message : String(error);
  if (error.code === QUERY_CANCELED) return `no answer within ${formatDuration(timeout)}`;
  const searchPath = error.code === UNDEFINED_TABLE ? SEARCH_PATH_HINT : '';
  const position = error.position === undefined ? '' : ` at character ${error.position}`;
  return `${error.message}${position} (SQLSTATE ${error.code ?? '?'}, database ${database})${error.hint === undefined ? '' : `; hint: ${error.hint}`}${searchPath}`;
}

const SEARCH_PATH_HINT =
  '; a search path that a database or a role of production sets does not apply here: write the schema before the name';
