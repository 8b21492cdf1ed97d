import { z } from 'zod';
import { bytes } from './values.ts';

/** What a restore has moved: the part `restore` of a report. */
export const restoreReport = z.strictObject({
  start: z.enum(['empty', 'delta']).describe('delta: files of an earlier run were reused; no measure of a total loss'),
  bytesTotal: bytes.describe('the size of the cluster'),
  bytesFetched: bytes.describe('what came from the repository'),
  bytesReused: bytes.describe('what was there already; the sum of sizes that pgBackRest rounds'),
  files: z.int().nullable().describe('how many'),
  alone: z
    .strictObject({
      files: z.int().describe('how many'),
      small: z.int().describe('those of them that a bundle would take: at most 2 MB each (repo-bundle-limit)'),
      smallBytes: z.int().describe('their size together; the sum of sizes that pgBackRest rounds'),
    })
    .nullable()
    .default(null)
    .describe('files that lie in no bundle, so that each took a request of its own; null: an older report'),
  bytesPerSecond: z.int().nullable().describe('fetched'),
});
