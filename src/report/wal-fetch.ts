import { z } from 'zod';
import { WAL_FETCHES } from '../core/wal-fetch.ts';

/** How WAL was fetched: two fields of the part `recovery` of a report. */
export const walFetchReport = {
  walFetch: z
    .enum(WAL_FETCHES)
    .nullable()
    .default(null)
    .describe('as-configured: as a real recovery by this configuration; ahead: of the replay; null: an older report'),
  otherWalFetch: z
    .strictObject({
      walFetch: z.enum(WAL_FETCHES).describe('the other way'),
      runId: z.string().describe('an earlier passed run of the same series, under the same conditions'),
      recoverMs: z.number().describe('its phase recover'),
      walBytes: z.int().describe('delivered in it'),
    })
    .nullable()
    .default(null)
    .describe('the last run that fetched its WAL the other way; null: none is on record'),
};

export type OtherWalFetch = NonNullable<z.output<typeof walFetchReport.otherWalFetch>>;
