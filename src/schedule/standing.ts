import { dueAfter, dueUntil, type Due } from './due.ts';

/**
 * What is wrong with how often a drill runs. `not-run`: it was due and did not run. `not-passed`: it ran and did not pass since it
 * was due. The one says that nobody drills any more, the other that something has to be mended.
 */
export type Alarm = 'not-run' | 'not-passed';

/** What is on record of the runs of a drill; null: nothing. All ISO 8601, UTC. */
interface OnRecord {
  readonly lastBegun: string | null;
  readonly lastPassed: string | null;
  /** When the run began that has not ended. */
  readonly openSince: string | null;
}

/** How a drill stands with its schedule. */
export interface Standing {
  /** When it should have run by now for the last time; null: it was never due. */
  readonly dueAt: Date | null;
  readonly nextDue: Date | null;
  readonly alarm: Alarm | null;
}

/** Compares what is on record with a schedule. For `graceMs` after it is due a drill may begin late. */
export function standingOf(due: Due, record: OnRecord, now: Date, graceMs: number): Standing {
  const dueAt = dueUntil(due, new Date(now.getTime() - graceMs));
  return { dueAt, nextDue: dueAfter(due, now), alarm: dueAt && alarmOf(due, record, dueAt) };
}

function alarmOf(due: Due, { lastBegun, lastPassed, openSince }: OnRecord, dueAt: Date): Alarm | null {
  if (!isSince(lastBegun, dueAt)) return 'not-run';
  if (isSince(lastPassed, dueAt)) return null;
  if (!isSince(openSince, dueAt)) return 'not-passed';
  // It runs now. Until it ends, what was due before counts.
  const before = dueUntil(due, new Date(dueAt.getTime() - 1));
  return before === null || isSince(lastPassed, before) ? null : 'not-passed';
}

function isSince(stamp: string | null, moment: Date): boolean {
  return stamp !== null && stamp >= moment.toISOString();
}
