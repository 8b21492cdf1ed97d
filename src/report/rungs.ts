import { z } from 'zod';
import { checkReport } from './check-report.ts';
import { text } from './values.ts';

const commit = z.strictObject({
  xid: text.describe('the transaction, as the WAL has it: 32 bits'),
  lsn: z.string().describe('where its record begins'),
  at: text.describe('ISO 8601, UTC: when it was committed, by the clock of production'),
});

/** One of several targets that a recovery went through. */
export const rungReport = z.strictObject({
  type: z.string().describe('time, lsn, xid or name'),
  value: text.describe('as in target.value'),
  text: z.string().describe('the target in words'),
  lsn: z.string().describe('where the first record begins that is behind the target'),
  lastCommit: commit.nullable().describe('the last before that position, by the archive; null: none since the backup'),
  nextCommit: commit.nullable().describe('the first behind it; null: none was read'),
  reached: z.boolean().describe('replay provably stood at that position'),
  proof: text.describe('what proves it, in a sentence'),
  state: z
    .enum(['read-only', 'promoted'])
    .nullable()
    .describe(
      'of the copy when it was asked; promoted: the last, whose checks are those of the report; null: not reached',
    ),
  checks: z.array(checkReport).describe('what was asked there, read-only: the queries of the plan that hide nothing'),
});

export type RungReport = z.output<typeof rungReport>;
