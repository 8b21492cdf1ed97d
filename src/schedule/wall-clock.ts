const DAY_MS = 86_400_000;

/** What clocks of a time zone show, as milliseconds of a day and time that is taken for UTC. */
export class WallClock {
  readonly #format: Intl.DateTimeFormat;

  /** Null: the time zone of this machine. */
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

  /** The first instant at which the clock shows this; what it leaves out comes as much later as it leaves out. */
  instant(shown: number): number {
    const guesses = [shown - DAY_MS, shown + DAY_MS].map((near) => shown - (this.read(near) - near));
    const right = guesses.filter((instant) => this.read(instant) === shown);
    return Math.min(...(right.length > 0 ? right : [Math.max(...guesses)]));
  }
}
