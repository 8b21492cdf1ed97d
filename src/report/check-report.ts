import { z } from 'zod';
import { ms, text } from './values.ts';

/** What came of one question to the copy. */
export const checkReport = z.strictObject({
  name: z.string().describe('as in the plan'),
  kind: z.string().describe('of the plan: sql, command, integrity; asserted in every run: isolation, wholeness'),
  severity: z.enum(['critical', 'warning']).describe('a warning does not change the verdict'),
  status: z.enum(['passed', 'failed', 'error', 'skipped']).describe('error: it could not be answered'),
  expected: text.describe('in words'),
  observed: text.describe('null when nothing was observed; "[hidden]" where the plan says redact'),
  durationMs: ms,
  sql: text.describe('the query; null for other kinds'),
  message: text.describe('why it could not be answered'),
});
