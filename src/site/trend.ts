import { median } from '../core/median.ts';
import { durationText } from '../report/document/words.ts';
import { drawSpark } from './charts/spark.ts';
import type { Sign } from './charts/signs.ts';
import { below, NONE } from './elements.ts';
import { markup, type Html } from './html.ts';
import type { Outcome, SiteRun } from './runs.ts';

/** How many runs a trend shows. */
const SHOWN = 24;
/** How many passed runs the last is compared with, and how few are too few. */
const COMPARED = 6;
const FEWEST = 3;

const SIGNS: Readonly<Record<Outcome, Sign | null>> = {
  passed: null,
  'under-way': null,
  failed: 'failed',
  inconclusive: 'no-answer',
  cancelled: 'no-answer',
  killed: 'killed',
  missed: 'missed',
};

/** The sign of a run that did not pass, or of one that was missed; null: it passed, or is under way. */
export function signOf({ outcome }: SiteRun): Sign | null {
  return SIGNS[outcome];
}

/**
 * By how much the RTO of the last passed run differs from the median of the six passed runs before it, in percent; null:
 * fewer than three were before it.
 */
export function rtoChange(runs: readonly SiteRun[]): number | null {
  const passed = runs.flatMap(({ outcome, ended }) =>
    outcome === 'passed' && ended?.rto.measuredMs ? [ended.rto.measuredMs] : [],
  );
  const last = passed.at(-1);
  const before = passed.slice(-1 - COMPARED, -1);
  const usual = median(before);
  if (last === undefined || usual === null || before.length < FEWEST) return null;
  return Math.round((last / usual - 1) * 100);
}

/** How the RTO of the last runs went: a small picture, and the change in words. */
export function trendCell(runs: readonly SiteRun[]): Html | string {
  const shown = runs.filter(({ outcome }) => outcome !== 'under-way').slice(-SHOWN);
  const values = shown.flatMap(({ ended }) => ended?.rto.measuredMs ?? []);
  if (shown.length < 2) return NONE;
  const change = rtoChange(runs);
  const words = change === null ? null : below(`RTO ${changeText(change)}`);
  const points = shown.map((run) => ({ value: run.ended?.rto.measuredMs ?? null, sign: signOf(run) }));
  return markup`${drawSpark(points, spoken(shown, values))}${words}`;
}

/** A change in percent: `+12 %`, `as usual`. */
export function changeText(percent: number): string {
  if (percent === 0) return 'as usual';
  return `${percent > 0 ? '+' : '−'}${Math.abs(percent)} %`;
}

function spoken(shown: readonly SiteRun[], values: readonly number[]): string {
  const open = shown.filter((run) => signOf(run) !== null).length;
  const range =
    values.length === 0
      ? 'no RTO was measured'
      : `RTO ${durationText(Math.min(...values))} to ${durationText(Math.max(...values))}, last ${durationText(values.at(-1) ?? 0)}`;
  return `The last ${shown.length} runs: ${range}; ${open} did not pass`;
}
