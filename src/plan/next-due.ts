import { isDueOn, readCron } from './cron.ts';

const DAY_MS = 86_400_000;

/** From one 29 February to the next there may be eight years. */
const MOST_DAYS = 8 * 366 + 1;

/**
 * When a schedule is due for the first time after a moment; null: it is not usable. `timeZone` null: that of this machine. A
 * time that the clock leaves out when summer begins is due an hour later; one that comes twice is due the first time.
 */
export function nextDue(cron: string, timeZone: string | null, after: Date): Date | null {
  const schedule = readCron(cron);
  if (typeof schedule === 'string') return null;
  const clock = new WallClock(timeZone);
  const firstDay = Math.floor(clock.read(after.getTime()) / DAY_MS) * DAY_MS;
  for (let day = 0; day < MOST_DAYS; day += 1) {
    const midnight = firstDay + day * DAY_MS;
    if (!isDueOn(schedule, new Date(midnight))) continue;
    const times = schedule.hours.flatMap((hour) => schedule.minutes.map((minute) => (hour * 60 + minute) * 60_000));
    const due = times.map((time) => clock.instant(midnight + time)).find((instant) => instant > after.getTime());
    if (due !== undefined) return new Date(due);
  }
  return null;
}

/** What clocks of a time zone show, as milliseconds of a day and time that is taken for UTC. */
class WallClock {
  readonly #format: Intl.DateTimeFormat;

  constructor(timeZone: string | null) {
    const zone = timeZone === null ? {} : { timeZone };
    const fields = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' } as const;
    this.#format = new Intl.DateTimeFormat('en-US', { ...zone, ...fields, second: '2-digit', hourCycle: 'h23' });
  }

  /** What the clock shows at an instant. */
  read(instant: number): number {
    const parts = this.#format.formatToParts(instant).map(({ type, value }) => [type, Number(value)] as const);
    const part = Object.fromEntries(parts);
    return Date.UTC(
      part['year'] ?? 0,
      (part['month'] ?? 1) - 1,
      part['day'] ?? 1,
      part['hour'] ?? 0,
      part['minute'] ?? 0,
      part['second'] ?? 0,
    );
  }

  /** The first instant at which the clock shows this. */
  instant(shown: number): number {
    const guesses = [shown - DAY_MS, shown + DAY_MS].map((near) => shown - (this.read(near) - near));
    const right = guesses.filter((instant) => this.read(instant) === shown);
    return Math.min(...(right.length > 0 ? right : [Math.max(...guesses)]));
  }
}
