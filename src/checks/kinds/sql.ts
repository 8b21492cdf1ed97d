import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { formatDuration } from '../../core/duration.ts';
import { messageOf } from '../../core/errors.ts';
import { abortAfter } from '../../core/timer.ts';
import { whyUnread } from '../../core/why-unread.ts';
import type { DatabaseError } from '../../postgres/database.ts';
import { SQLSTATE } from '../../postgres/sqlstate.ts';
import type { CheckContext, CheckFinding } from '../check.ts';
import { describeExpectation, judgeResult } from '../expect.ts';
import { expectation, type Expectation } from '../expectation.ts';
import { checkKind, common, type AnyCheck, type CheckPlace } from './kind.ts';

interface SqlCheck extends AnyCheck {
  readonly kind: 'sql';
  readonly sql: string;
  readonly expect?: Expectation | undefined;
}

const expect = expectation.optional().describe('what must hold of the answer; without it: one row with one true');

/** One query to the restored instance, in a read-only transaction with a statement timeout. */
export const sql = checkKind({
  forms: {
    sql: z.strictObject({ ...common, sql: z.string().min(1).describe('one query'), expect }),
    file: z.strictObject({
      ...common,
      file: z.string().min(1).describe('a file with one query, beside the plan'),
      expect,
    }),
  },
  read: (written, place): SqlCheck => {
    // What is known by its SHA-256 alone is a secret.
    const redact = written.redact || written.expect?.sha256 !== undefined;
    if ('sql' in written) return { ...written, redact, kind: 'sql' };
    const { file, ...rest } = written;
    return { ...rest, redact, kind: 'sql', sql: queryIn(file, place) };
  },
  run,
  queryOf: (check) => check.sql.trim(),
});

function queryIn(file: string, { base, refuse }: CheckPlace): string {
  const path = resolve(base, file);
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    refuse('file', `${path} ${whyUnread(error)}`);
    return '';
  }
}

async function run(check: SqlCheck, context: CheckContext): Promise<CheckFinding> {
  const expected = describeExpectation(check.expect);
  const deadline = abortAfter(check.timeout + 5000);
  const signal = AbortSignal.any([context.signal, deadline]);
  try {
    await using database = await context.sessions.forCheck(check.database, check.user ?? null);
    const result = await database.readOnly(check.sql, check.timeout, signal);
    const { ok, error, observed } = judgeResult(result, check.expect, context.reference);
    return { status: error === null ? (ok ? 'passed' : 'failed') : 'error', expected, observed, message: error };
  } catch (error) {
    // Whoever merely reads a plan needs no client of PostgreSQL.
    const { DatabaseError, lackOf } = await import('../../postgres/database.ts');
    const lack = context.signal.aborted ? null : lackOf(error);
    if (lack) return { status: 'skipped', expected, observed: null, message: lack.what, lack };
    return {
      status: 'error',
      expected,
      observed: null,
      message: explain(error instanceof DatabaseError ? error : messageOf(error), check, context.signal),
    };
  }
}

function explain(error: DatabaseError | string, { timeout, database }: SqlCheck, runSignal: AbortSignal): string {
  if (runSignal.aborted) return 'the run was ended while it was asked';
  if (typeof error === 'string') return error;
  if (error.code === SQLSTATE.queryCanceled) return `no answer within ${formatDuration(timeout)}`;
  const searchPath = error.code === SQLSTATE.undefinedTable ? SEARCH_PATH_HINT : '';
  const position = error.position === undefined ? '' : ` at character ${error.position}`;
  return `${error.message}${position} (SQLSTATE ${error.code ?? '?'}, database ${database})${error.hint === undefined ? '' : `; hint: ${error.hint}`}${searchPath}`;
}

const SEARCH_PATH_HINT =
  '; a search path that a database or a role of production sets does not apply here: write the schema before the name';
