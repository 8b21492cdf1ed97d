import { duesBetween, dueUntil, type Due } from './due.ts';

/** What is on record of the runs of a drill; null: nothing. All ISO 8601, UTC. */
export interface OnRecord {
  /** When the last run of it began, however it ended; one that was refused is none. */
  readonly lastBegun: string | null;
  /** The last time at which it was due and is on record as missed. */
  readonly lastMissed: string | null;
}

/** What is due each hour misses so much in four years. What is due each minute is no drill: its ledger would be lines of this alone. */
const MOST = 40_000;

/**
 * The times at which a drill was due and that can no longer be made good (ISO 8601, UTC): they lie behind what is on record, and
 * before the last time at which it was due. A drill that never ran has missed nothing: nobody knows since when it is to run.
 */
export function missedDues(due: Due, { lastBegun, lastMissed }: OnRecord, now: Date): string[] {
  const last = dueUntil(due, now);
  if (lastBegun === null || last === null) return [];
  const from = lastMissed !== null && lastMissed > lastBegun ? lastMissed : lastBegun;
  const missed = duesBetween(due, new Date(from), new Date(last.getTime() - 1)).take(MOST);
  return [...missed].map((at) => at.toISOString());
}

/** The time since which a drill waits to be run; null: it ran since it was due for the last time, or was never due. */
export function waitingSince(due: Due, { lastBegun }: Pick<OnRecord, 'lastBegun'>, now: Date): Date | null {
  const last = dueUntil(due, now);
  return last !== null && (lastBegun === null || lastBegun < last.toISOString()) ? last : null;
}
