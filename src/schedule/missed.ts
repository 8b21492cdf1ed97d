import { duesBetween, dueUntil, type Due } from './due.ts';

/** What is on record of the runs of a drill; null: nothing. All ISO 8601, UTC. */
export interface OnRecord {
  /** When the last run of it began, however it ended; one that was refused is none. */
  readonly lastBegun: string | null;
  /** The last time at which it was due and is on record as missed. */
  readonly lastMissed: string | null;
}

/** Times at which a drill was due and did not run, one after the other. */
export interface Gap {
  /** The first and the last of them (ISO 8601, UTC), and how many there are. */
  readonly dueAt: string;
  readonly lastDueAt: string;
  readonly count: number;
}

/** A drill that is due each minute, and a machine that was off for a year: what is beyond is told the next time. */
const MOST = 1000;

/**
 * The times at which a drill was due and that can no longer be made good: they lie behind what is on record, and before the last
 * time at which it was due. A drill that never ran has missed nothing: nobody knows since when it is to run. Null: none.
 */
export function missedDues(due: Due, { lastBegun, lastMissed }: OnRecord, now: Date): Gap | null {
  const last = dueUntil(due, now);
  if (lastBegun === null || last === null) return null;
  const from = lastMissed !== null && lastMissed > lastBegun ? lastMissed : lastBegun;
  const missed = [...duesBetween(due, new Date(from), new Date(last.getTime() - 1)).take(MOST)];
  const [first, end] = [missed[0], missed.at(-1)];
  if (first === undefined || end === undefined) return null;
  return { dueAt: first.toISOString(), lastDueAt: end.toISOString(), count: missed.length };
}

/** The time since which a drill waits to be run; null: it ran since it was due for the last time, or was never due. */
export function waitingSince(due: Due, { lastBegun }: Pick<OnRecord, 'lastBegun'>, now: Date): Date | null {
  const last = dueUntil(due, now);
  return last !== null && (lastBegun === null || lastBegun < last.toISOString()) ? last : null;
}
