/** When somebody wants to be told. */
export const OCCASIONS = ['always', 'failure', 'change', 'recovered'] as const;

export type Occasion = (typeof OCCASIONS)[number];

/** Who hears of a failure wants to hear of its end. */
export const USUAL_OCCASIONS: readonly Occasion[] = ['failure', 'recovered'];

/** What happened last before a run: its verdict, that it was killed, or that it never came. Null: nothing is on record. */
export type Before = 'passed' | 'failed' | 'inconclusive' | 'cancelled' | 'lost' | 'missed' | null;

/** Whether a run is told of. Everything but `passed` is a failure: whoever sleeps has no proof in the morning. */
export function tellsRun(on: readonly Occasion[], verdict: NonNullable<Before>, before: Before): boolean {
  const is: Readonly<Record<Occasion, boolean>> = {
    always: true,
    failure: verdict !== 'passed',
    change: verdict !== before,
    recovered: verdict === 'passed' && before !== null && before !== 'passed',
  };
  return on.some((occasion) => is[occasion]);
}

/** What a monitor found. */
export interface Found {
  readonly isBad: boolean;
  /** What it is; another text is another alarm. */
  readonly what: string;
}

/** What a monitor found when it spoke last. */
export interface Told extends Found {
  /** When it was last told, ISO 8601, UTC. */
  readonly toldAt: string;
}

/** An alarm that stands is told again after a day, so that it is not forgotten. */
export const REMIND_MS = 86_400_000;

/**
 * Whether a monitor speaks, which may look every five minutes: an alarm is told when it begins, when it becomes another, and once
 * a day while it stands; `always` every time.
 */
export function tellsAlarm(on: readonly Occasion[], now: Found, before: Told | null, at: Date): boolean {
  const wasBad = before?.isBad ?? false;
  const isOther = now.isBad !== wasBad || (now.isBad && now.what !== before?.what);
  const is: Readonly<Record<Occasion, boolean>> = {
    always: true,
    failure: now.isBad && (isOther || isDueAgain(before, at)),
    change: isOther,
    recovered: !now.isBad && wasBad,
  };
  return on.some((occasion) => is[occasion]);
}

/** Whether the last word is so long ago that a standing alarm is told again. A clock that was set back does not silence it. */
export function isDueAgain(before: Told | null, at: Date): boolean {
  if (before === null) return true;
  const age = at.getTime() - new Date(before.toldAt).getTime();
  return age >= REMIND_MS || age < 0;
}
