import { z } from 'zod';
import { TARGET_TYPES } from '../targets/index.ts';

const text = z.string().nullable();

/** What is tried after a run that failed, or why nothing is. It never changes the verdict of the run. */
export const fallbackReport = z.strictObject({
  tried: z.boolean().describe('whether anything is tried'),
  code: text.describe('the reason code that decides what is tried; null: something else keeps it from being tried'),
  why: z.string().describe('why this is tried, or why nothing is'),
  repo: z.int().nullable().describe('the repository that is tried'),
  backup: text.describe('the backup set that is tried, or latest'),
  target: z
    .strictObject({ type: z.enum(TARGET_TYPES).describe('which kind'), value: text.describe('as in `target.value`') })
    .nullable()
    .describe('where its recovery is to stop'),
  run: text.describe('the id of its run, which has a report of its own; null: it had not begun when this was written'),
  verdict: z
    .enum(['passed', 'failed', 'inconclusive', 'cancelled'])
    .nullable()
    .describe('of that run, and of that run alone; null: not known when this was written'),
  recoveredTo: text.describe(
    'the last transaction that it recovered, or else the end of its backup set; null: none, or not known',
  ),
  rtoMs: z.number().nullable().describe('its measured RTO; null: not measured, or not known'),
  result: text.describe('what it came to, in a sentence; null: not known when this was written'),
});

export type FallbackReport = z.output<typeof fallbackReport>;
