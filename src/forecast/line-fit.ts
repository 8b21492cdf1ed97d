import { median } from '../core/median.ts';

/** A measured pair: how much there was to do, and how long it took. */
export interface Point {
  readonly work: number;
  readonly ms: number;
}

/** Sizes closer together than this do not tell what part of the time is the same whatever the size. */
const SPREAD = 1.25;

/**
 * How long so much work takes, by what was measured: a line without negative parts (least squares). Where all measured sizes
 * lie close together the time is taken to grow as the work does, so that a forecast of more work is not too short. Null:
 * nothing was measured.
 */
export function fitted(points: readonly Point[]): ((work: number) => number) | null {
  const usable = points.filter(({ work }) => work > 0);
  const [first] = usable;
  // Work of nothing takes what it took.
  if (!first) {
    const usual = median(points.map(({ ms }) => ms));
    return usual === null ? null : () => usual;
  }
  const works = usable.map(({ work }) => work);
  if (Math.max(...works) / Math.min(...works) < SPREAD) {
    const perUnit = median(usable.map(({ work, ms }) => ms / work)) ?? 0;
    return (work) => perUnit * work;
  }
  const line = leastSquares(usable);
  if (line.slope < 0) return () => mean(usable.map(({ ms }) => ms));
  if (line.base >= 0) return (work) => line.base + line.slope * work;
  const slope = sum(usable.map(({ work, ms }) => work * ms)) / sum(usable.map(({ work }) => work * work));
  return (work) => slope * work;
}

function leastSquares(points: readonly Point[]): { readonly base: number; readonly slope: number } {
  const [workMean, msMean] = [mean(points.map(({ work }) => work)), mean(points.map(({ ms }) => ms))];
  const spread = sum(points.map(({ work }) => (work - workMean) ** 2));
  const slope = sum(points.map(({ work, ms }) => (work - workMean) * (ms - msMean))) / spread;
  return { base: msMean - slope * workMean, slope };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}
