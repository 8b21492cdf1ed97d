import { formatBytes } from '../../core/bytes.ts';
import { durationText, sizeText } from '../../report/document/words.ts';
import { visible } from '../../report/visible.ts';
import { percent, type Forecasted } from '../../forecast/forecast.ts';
import type { Break, Growth } from '../../forecast/growth.ts';
import type { Style } from './style.ts';
import { tableWithin } from './table.ts';
import { wrap } from './wrap.ts';

/** A forecast for one size. */
export interface ForecastAt {
  readonly when: string;
  readonly restoredBytes: number;
  readonly walBytes: number;
  readonly found: Forecasted;
}

/** What `drill forecast` says; its JSON is this. */
export interface ShownForecast {
  readonly drill: string;
  readonly at: readonly ForecastAt[];
  /** Null: nobody can tell. */
  readonly growth: Growth | null;
  readonly objectiveMs: number | null;
  /** Null: the plan has no RTO objective. */
  readonly missed: Break | null;
}

const HEAD = ['', 'DATA', 'WAL', 'RTO', 'BETWEEN', 'RESTORE', 'RECOVER'];
const DISPENSABLE = ['WAL', 'RECOVER', 'RESTORE'];

/** A line for each size, then what the forecasts rest on, over lines of `width` columns. */
export function forecastText(shown: ShownForecast, style: Style, width = Infinity): string {
  const rows = shown.at.map((one) => row(one, style));
  const head = HEAD.map((title) => style('dim', title));
  const refused = new Set(shown.at.flatMap(({ found }) => ('why' in found ? [found.why] : [])));
  const lines = [
    ...[...refused].map((why) => `No forecast: ${why}.`),
    ...restsOn(shown),
    ...growthLines(shown),
    ...objectiveLines(shown, style),
  ];
  const name = style('bold', visible(shown.drill));
  return `${name}\n${tableWithin([head, ...rows], HEAD, DISPENSABLE, width)}\n${lines.map((line) => `${wrap(line, width, 0)}\n`).join('')}`;
}

function row({ when, restoredBytes, walBytes, found }: ForecastAt, style: Style): string[] {
  const sizes = [when, sizeText(restoredBytes), sizeText(walBytes)];
  if ('why' in found) return [...sizes, style('dim', 'no forecast')];
  const { rtoMs, betweenMs, phases } = found.forecast;
  const [least, most] = betweenMs;
  return [
    ...sizes,
    style('bold', durationText(rtoMs)),
    `${durationText(least)} to ${durationText(most)}`,
    durationText(phases.restore),
    durationText(phases.recover),
  ];
}

function restsOn({ at }: ShownForecast): string[] {
  const found = at.flatMap((one) => ('forecast' in one.found ? [one.found.forecast] : [])).at(0);
  if (!found) return [];
  const { restsOn: runs, heldOut, margin, conditions } = found;
  return [
    `Rests on ${runs.length} passed runs, ${runs[0] ?? ''} to ${runs.at(-1) ?? ''}. The forecast of each of them from the others was at most ${percent(heldOut)} off; the interval is ± ${percent(margin)}.`,
    `Holds for: ${conditions}.`,
  ];
}

function growthLines({ growth }: ShownForecast): string[] {
  if (!growth) return [];
  const { bytesPerDay } = growth;
  if (bytesPerDay <= 0) return ['The data do not grow.'];
  return [`The data grow by ${formatBytes(bytesPerDay * 30)} in 30 days.`];
}

function objectiveLines({ objectiveMs, missed }: ShownForecast, style: Style): string[] {
  if (objectiveMs === null || missed === null) return [];
  const objective = `The RTO objective of ${durationText(objectiveMs)}`;
  if ('why' in missed) return [`${objective}: nobody can tell when it is missed, since ${missed.why}.`];
  if ('at' in missed) return [style('yellow', `${objective} is missed from about ${day(missed.at)} on.`)];
  if (missed.holdsUntil === null) return [`${objective} holds.`];
  return [`${objective} holds until ${day(missed.holdsUntil)}; no forecast reaches further.`];
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
