import { z } from 'zod';

/** PostgreSQL numbers timelines in 32 bits. */
const LAST_TIMELINE = 0xff_ff_ff_ff;

/** Which timeline a recovery follows, as a plan names it. */
const timelineChoice = z.union([z.enum(['latest', 'current']), z.int().positive().max(LAST_TIMELINE)], {
  error: 'is latest, current or the number of a timeline',
});

export type TimelineChoice = z.output<typeof timelineChoice>;

/** The same beside a target. */
export const timeline = timelineChoice
  .optional()
  .describe('which timeline to follow: latest (default), current (that of the backup) or a number');
