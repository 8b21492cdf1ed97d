import { z } from 'zod';
import { withProblem } from '../core/plan-values.ts';
import type { Calendar } from './calendar.ts';
import { cronCalendars, cronInWords, cronProblem, cronRule, NICKNAMES } from './cron.ts';
import type { Due } from './due.ts';
import { everyCalendar, everyInWords, everyProblem, everyRule, timeOfDayProblem } from './every.ts';
import { timeZoneProblem } from './time-zone.ts';

/** When a drill is due, as a plan has it. */
export interface Schedule extends Due {
  /** As it was written, on one line. */
  readonly text: string;
  /** `at 03:00 on day 1 of the month, time of Europe/Istanbul`. */
  readonly words: string;
  /** It is due at times of these, and at no other: at all of them, unless it counts days, weeks or months. */
  readonly calendars: readonly Calendar[];
}

const WORDS = ['daily', 'weekly', 'monthly', 'quarterly', 'yearly'] as const satisfies (keyof typeof NICKNAMES)[];

const timezone = z
  .string()
  .superRefine(withProblem(timeZoneProblem))
  .optional()
  .describe('such as Europe/Istanbul; default: that of the machine');

const cronBlock = z.strictObject({
  cron: z.string().superRefine(withProblem(cronProblem)).describe('minute, hour, day of month, month, day of week'),
  timezone,
});

const everyBlock = z.strictObject({
  every: z.string().superRefine(withProblem(everyProblem)).describe('days, weeks or months: 3d, 2w, 3mo'),
  at: z.string().superRefine(withProblem(timeOfDayProblem)).default('03:00').describe('the time of day'),
  timezone,
});

/** A schedule as a plan writes it: a word, or a block. */
export const writtenSchedule = z.union([z.enum(WORDS), cronBlock, everyBlock], {
  error: `is one of ${WORDS.join(', ')}, or a block, such as { cron: "0 3 1 * *", timezone: Europe/Istanbul } or { every: 2w }`,
});

/** The schedule that was written. */
export function readSchedule(written: z.output<typeof writtenSchedule>): Schedule {
  if (typeof written === 'string') return cronSchedule(NICKNAMES[written], null, written);
  const zone = written.timezone ?? null;
  if ('cron' in written) return cronSchedule(written.cron, zone, written.cron);
  const { every, at } = written;
  const words = `${everyInWords(every, at)}${zoneWords(zone)}`;
  const text = `every ${every} at ${at}${zoneText(zone)}`;
  return { text, words, rule: everyRule(every, at), calendars: [everyCalendar(every, at)], timezone: zone };
}

function cronSchedule(cron: string, zone: string | null, text: string): Schedule {
  const words = `${cronInWords(cron)}${zoneWords(zone)}`;
  const rule = cronRule(cron);
  return { text: `${text}${zoneText(zone)}`, words, rule, calendars: cronCalendars(cron), timezone: zone };
}

function zoneWords(zone: string | null): string {
  if (zone === null) return ", the machine's time";
  return zone === 'UTC' ? ' UTC' : `, time of ${zone}`;
}

function zoneText(zone: string | null): string {
  return zone === null ? '' : ` ${zone}`;
}
