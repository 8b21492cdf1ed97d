import { shellJoin, shellQuote } from '../../core/shell-quote.ts';
import { ALWAYS } from '../calendar.ts';
import type { Schedule } from '../schedule.ts';
import { marked } from './mark.ts';
import { startWords, type Starting, type TimedDrill } from './timed-drill.ts';

/** cron of Debian (3.0pl1) takes a command of so many characters, cronie (1.7) more. */
const LONGEST_COMMAND = 998;

/**
 * The block of a drill in a crontab: it asks every hour, at the minutes at which the drill can be due. So what was missed while the
 * machine was off is caught up within an hour, and cron need not know of time zones.
 */
export function cronBlock(drill: TimedDrill, starting: Starting): string {
  const { name, planFile, schedule } = drill;
  const user = starting.user === null ? '' : `${starting.user} `;
  const line = `${askingTimes(schedule)} ${user}${cronCommand(drill, starting)}`;
  return marked(
    name,
    planFile,
    `# The drill ${name} is due ${schedule.words}. pgdrill decides, cron only asks.\n${line}\n`,
  );
}

/** What is too long for a line of cron, in words; null: nothing. */
export function cronProblem(drill: TimedDrill, starting: Starting): string | null {
  const { length } = cronCommand(drill, starting);
  return length <= LONGEST_COMMAND
    ? null
    : `its line would have ${length} characters, and cron takes ${LONGEST_COMMAND}: shorten PATH or the paths`;
}

/** A shell reads it after cron, to which a percent sign is the end of a line, also between quotes: crontab(5). */
function cronCommand(drill: TimedDrill, starting: Starting): string {
  const start = shellJoin(startWords(drill, starting));
  const text = `cd ${shellQuote(drill.directory)} && PATH=${shellQuote(starting.searchPath)} ${start}`;
  // The quotes keep a backslash of ours from one that stands before it.
  return text.replaceAll('%', String.raw`''\%`);
}

/**
 * The five fields at which cron asks: each hour, at the minutes at which the drill can be due by the clock of the machine. All time
 * zones differ from one another by quarters of an hour (tz database 2026).
 */
export function askingTimes({ calendars, timezone }: Schedule): string {
  const quarters = timezone === null ? [0] : [0, 15, 30, 45];
  const minutes = new Set(
    calendars.flatMap((calendar) => calendar.minutes.flatMap((minute) => quarters.map((more) => (minute + more) % 60))),
  );
  return `${minutes.size === 60 ? '*' : ALWAYS.minutes.filter((minute) => minutes.has(minute)).join(',')} * * * *`;
}
