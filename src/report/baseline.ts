import { z } from 'zod';
import { text } from './values.ts';

const names = z.strictObject({
  count: z.int().describe('how many'),
  first: z.array(z.string()).describe('the first of them, with their database'),
});

/** How the recovered cluster compares with that of the last passed run of the drill. */
export const baselineReport = z.strictObject({
  comparedWith: text.describe('the run; null: there was none that could be compared with'),
  reason: text.describe('why nothing was compared'),
  relations: z.int().describe('how many relations the state of this run has, in baseline.json beside the report'),
  gone: names.describe('databases and relations that were there and are not any more'),
  fewer: names.describe('tables with clearly fewer rows'),
  changed: names.describe('what is defined otherwise'),
});
