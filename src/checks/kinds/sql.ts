import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { whyUnread } from '../../core/why-unread.ts';
import { askDatabase } from '../ask-database.ts';
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
  const answer = await askDatabase(check, expected, context);
  if ('finding' in answer) return answer.finding;
  const { ok, error, observed } = judgeResult(answer.result, check.expect, context.reference);
  return { status: error === null ? (ok ? 'passed' : 'failed') : 'error', expected, observed, message: error };
}
