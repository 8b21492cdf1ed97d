import type { BundledRun } from './bundled-run.ts';
import type { Period } from './period.ts';

const DAY_MS = 86_400_000;

/** Runs start a little late, and take their time. */
const GRACE_MS = 3_600_000;

/** A time without a passed run. */
export interface Stretch {
  readonly from: string;
  readonly until: string;
  readonly days: number;
}

/**
 * The times of a period without a passed run, the longest first. The first of them begins with the last passed run of before
 * the period, where one is on record.
 */
export function stretchesWithout(
  passed: readonly string[],
  { from, until }: Period,
  passedBefore: string | null,
): Stretch[] {
  const ends = [passedBefore ?? from, ...passed.toSorted(), until];
  const between = ends.slice(1).map((end, index): Stretch => {
    const start = ends[index] ?? end;
    return { from: start, until: end, days: (Date.parse(end) - Date.parse(start)) / DAY_MS };
  });
  return between.toSorted((a, b) => b.days - a.days);
}

/** The schedule of a drill whose plan is at hand. */
export interface PlannedDrill {
  readonly drill: string;
  /** As the plan has it. */
  readonly schedule: string;
  /** When it is due for the first time after a moment (both ISO 8601, UTC); null: never. */
  readonly dueAfter: (moment: string) => string | null;
}

/** When a drill was due and did not run, or did not pass before it was due again. */
interface MissedTime {
  /** Which of the times at which it was due, counted from 0. */
  readonly turn: number;
  readonly at: string;
  readonly ran: boolean;
}

/** How a schedule was kept in a period. */
export interface Kept {
  readonly due: number;
  readonly ran: number;
  readonly passed: number;
  readonly missed: readonly MissedTime[];
  /** The first run of all, where the period had begun by then: what lies before it does not count. */
  readonly since: string | null;
}

/**
 * Compares the runs of a drill with its schedule from its first run of all (ISO 8601, UTC) on: since when it is to run, nobody
 * knows. What was due at the very end of the period may still run after it. Null: it never ran.
 */
export function keptSchedule(
  plan: PlannedDrill,
  runs: readonly BundledRun[],
  period: Period,
  firstBegun: string | null,
): Kept | null {
  if (firstBegun === null || firstBegun >= period.until) return null;
  const since = firstBegun > period.from ? firstBegun : null;
  const due = [...duesIn(plan, { ...period, from: since ?? period.from })];
  const turns = due.flatMap((at, index) => {
    const next = due[index + 1] ?? period.until;
    const begun = runs.filter(({ startedAt, outcome }) => at <= startedAt && startedAt < next && outcome !== 'refused');
    const isLate = Date.parse(period.until) - Date.parse(at) > GRACE_MS;
    if (begun.length === 0 && !isLate) return [];
    return [{ at, ran: begun.length > 0, passed: begun.some(({ outcome }) => outcome === 'passed') }];
  });
  return {
    due: turns.length,
    ran: turns.filter(({ ran }) => ran).length,
    passed: turns.filter(({ passed }) => passed).length,
    missed: turns.flatMap(({ at, ran, passed }, turn) => (passed ? [] : [{ turn, at, ran }])),
    since,
  };
}

function* duesIn({ dueAfter }: PlannedDrill, { from, until }: Period): Generator<string> {
  const before = new Date(Date.parse(from) - 1).toISOString();
  for (let at = dueAfter(before); at !== null && at < until; at = dueAfter(at)) yield at;
}
