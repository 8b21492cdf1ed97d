import { median } from '../core/median.ts';
import { comparable, forecastOf, furthestSize, type Forecasted, type Measured, type Size } from './forecast.ts';

/** How the restored data grew. */
export interface Growth {
  /** Bytes a day; the middle of the slopes between all pairs of runs (Theil and Sen), so that one odd run moves nothing. */
  readonly bytesPerDay: number;
  readonly last: Measured;
}

const DAY_MS = 86_400_000;
/** Less time than this says nothing of months. */
const SHORTEST_DAYS = 30;

/** How the data grew over the runs; null: they lie too close together to say. */
export function growthOf(runs: readonly Measured[]): Growth | null {
  const alike = comparable(runs);
  const [first, last] = [alike[0], alike.at(-1)];
  if (!first || !last || alike.length < 3 || last.at - first.at < SHORTEST_DAYS * DAY_MS) return null;
  const slopes = alike.flatMap((run, index) =>
    alike
      .slice(index + 1)
      .filter(({ at }) => at > run.at)
      .map((later) => (later.restoredBytes - run.restoredBytes) / ((later.at - run.at) / DAY_MS)),
  );
  return { bytesPerDay: median(slopes) ?? 0, last };
}

/** How much there will be at a moment (milliseconds since 1970): the data as they grew, the most WAL that a run replayed. */
export function sizeAt(runs: readonly Measured[], growth: Growth, at: number): Size {
  const days = Math.max(0, (at - growth.last.at) / DAY_MS);
  return {
    restoredBytes: Math.max(0, growth.last.restoredBytes + growth.bytesPerDay * days),
    walBytes: Math.max(...comparable(runs).map(({ walBytes }) => walBytes)),
  };
}

/** When the objective breaks. */
export type Break =
  /** The first day on which the forecast is above it, in milliseconds since 1970. */
  | { readonly at: number }
  /** It holds as far as a forecast reaches: until that day; null: the data do not grow. */
  | { readonly holdsUntil: number | null }
  | { readonly why: string };

/** Ten years: further than any forecast reaches. */
const LONGEST_DAYS = 3653;

/** When an RTO objective will be missed as the data grow, by the forecast itself and not by the far end of its interval. */
export function whenMissed(runs: readonly Measured[], objectiveMs: number): Break {
  const growth = growthOf(runs);
  if (!growth) return { why: `the runs that can be compared lie less than ${SHORTEST_DAYS} days apart` };
  const missedOn = (day: number): Forecasted => forecastOf(runs, sizeAt(runs, growth, growth.last.at + day * DAY_MS));
  const today = missedOn(0);
  if ('why' in today) return today;
  if (today.forecast.rtoMs > objectiveMs) return { at: growth.last.at };
  if (growth.bytesPerDay <= 0) return { holdsUntil: null };
  const room = furthestSize(runs).restoredBytes - growth.last.restoredBytes;
  const reach = Math.min(LONGEST_DAYS, Math.floor(room / growth.bytesPerDay));
  const isMissed = (day: number): boolean => {
    const found = missedOn(day);
    return 'forecast' in found && found.forecast.rtoMs > objectiveMs;
  };
  if (!isMissed(reach)) return { holdsUntil: growth.last.at + reach * DAY_MS };
  // The forecast never falls as the data grow, so that the first day is found by halving.
  let [held, missed] = [0, reach];
  while (missed - held > 1) {
    const middle = Math.floor((held + missed) / 2);
    if (isMissed(middle)) missed = middle;
    else held = middle;
  }
  return { at: growth.last.at + missed * DAY_MS };
}
