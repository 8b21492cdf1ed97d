import { WallClock } from './wall-clock.ts';

const DAY_MS = 86_400_000;

/** From one 29 February to the next there may be eight years, and to a first of a month that is a Monday twelve: those around 2100. */
const MOST_DAYS = 12 * 366 + 1;

/** On which days of the calendar something is due, and when on such a day. */
export interface Rule {
  /** `day` is midnight of a day of the calendar, as if it were UTC. */
  isDueOn(day: Date): boolean;
  /** Milliseconds since midnight, in order. */
  readonly times: readonly number[];
}

/** A rule, and the time zone whose clocks it goes by; null: that of this machine. */
export interface Due {
  readonly rule: Rule;
  readonly timezone: string | null;
}

/**
 * When something is due for the first time after a moment; null: not within twelve years. A time that the clock leaves out when
 * summer begins is due an hour later; one that comes twice is due the first time.
 */
export function dueAfter(due: Due, moment: Date): Date | null {
  const [first = null] = duesAfter(due, moment).take(1);
  return first;
}

/** All moments at which something is due after a moment, in order, until twelve years later. */
function* duesAfter({ rule, timezone }: Due, moment: Date): Generator<Date> {
  const clock = new WallClock(timezone);
  const today = midnight(clock, moment);
  for (let day = 0; day < MOST_DAYS; day += 1) {
    for (const instant of instantsOn(rule, clock, today + day * DAY_MS))
      if (instant > moment.getTime()) yield new Date(instant);
  }
}

/** When something was due for the last time until a moment, that moment included; null: not within twelve years. */
export function dueUntil({ rule, timezone }: Due, moment: Date): Date | null {
  const clock = new WallClock(timezone);
  const today = midnight(clock, moment);
  for (let day = 0; day < MOST_DAYS; day += 1) {
    const found = instantsOn(rule, clock, today - day * DAY_MS).findLast((instant) => instant <= moment.getTime());
    if (found !== undefined) return new Date(found);
  }
  return null;
}

/** All moments at which something was due after one moment and until another, in order. */
export function* duesBetween(due: Due, after: Date, until: Date): Generator<Date> {
  for (const at of duesAfter(due, after)) {
    if (at > until) return;
    yield at;
  }
}

function midnight(clock: WallClock, moment: Date): number {
  return Math.floor(clock.read(moment.getTime()) / DAY_MS) * DAY_MS;
}

/** In order: a time that is left out comes an hour later, which may be behind the next. */
function instantsOn(rule: Rule, clock: WallClock, day: number): number[] {
  if (!rule.isDueOn(new Date(day))) return [];
  const instants = rule.times.map((time) => clock.instant(day + time));
  return [...new Set(instants)].toSorted((a, b) => a - b);
}
