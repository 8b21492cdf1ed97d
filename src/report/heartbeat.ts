import { z } from 'zod';
import { ms, text } from './values.ts';

/** What a heartbeat of production shows of the recovery. */
export const heartbeatReport = z.strictObject({
  table: z.string().describe('as in the plan'),
  everyMs: ms.describe('how often a beat is due, as in the plan'),
  lastBeatAt: text.describe('ISO 8601, UTC: the last beat up to comparedAt; null: there is none'),
  comparedAt: z
    .string()
    .describe("ISO 8601, UTC: the target's time, or the last replayed commit, or the end of the backup where none was"),
  gapMs: ms.describe('comparedAt minus lastBeatAt'),
  laterBeats: z.int().describe('how many beats are dated after comparedAt'),
  ran: z.boolean().describe('the heartbeat was running there: at most two beats are between'),
});
