import { z } from 'zod';
import { ms, text } from './values.ts';

/** The integrity checks of a run: the part `integrity` of a report. */
export const integrityReport = z.strictObject({
  level: z.enum(['quick', 'standard', 'deep']).nullable().describe('as the plan says; null: parts alone'),
  parts: z
    .array(
      z.strictObject({
        id: z.string().describe('stable, as a plan writes it'),
        title: z.string().describe('what holds if it passed'),
        outcome: z
          .enum(['passed', 'failed', 'inconclusive', 'skipped'])
          .describe('inconclusive: it could not be answered; skipped: it proves nothing here'),
        reason: text.describe('why it is not passed'),
        at: text.describe('what was looked at'),
        durationMs: ms,
        findingsTotal: z.int().describe('how many there are'),
        findings: z
          .array(
            z.strictObject({
              code: z.string().describe('stable; docs/integrity.md lists all'),
              weight: z.enum(['damage', 'doubt', 'note']).describe('what it makes of the part; a note, nothing'),
              database: text.describe('where; null: not of one'),
              relation: text.describe('schema and name, or a file'),
              block: z.int().nullable().describe('the page; null: not of one'),
              text: z.string().describe('in words, without values of restored data'),
            }),
          )
          .describe('the first of them'),
      }),
    )
    .describe('each part that was asked, in order'),
});

export type IntegrityReport = z.output<typeof integrityReport>;
export type IntegrityPartReport = IntegrityReport['parts'][number];
