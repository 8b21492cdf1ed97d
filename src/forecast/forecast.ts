import { formatBytes } from '../core/bytes.ts';
import { median } from '../core/median.ts';
import { fitted } from './line-fit.ts';

/** What a passed drill measured, as far as a forecast rests on it. Times are in milliseconds. */
export interface Measured {
  readonly runId: string;
  /** When it began, in milliseconds since 1970. */
  readonly at: number;
  readonly restoredBytes: number;
  readonly walBytes: number;
  readonly provisionMs: number;
  readonly restoreMs: number;
  readonly recoverMs: number;
  /** All that its times depend on beside the sizes, in words: only runs of the same conditions are compared. */
  readonly conditions: string;
}

/** How much there would be to recover. */
export interface Size {
  readonly restoredBytes: number;
  readonly walBytes: number;
}

/** How long a recovery of another size would take, by drills that were measured. */
export interface Forecast {
  readonly rtoMs: number;
  /** From so much to so much: as far off as the forecasts of drills that were left out were, and never less than ± 30 %. */
  readonly betweenMs: readonly [least: number, most: number];
  /** The part of the RTO that the interval reaches to both sides: 0.3 is 30 %. */
  readonly margin: number;
  /** By what part the worst forecast of a drill that was left out was off. */
  readonly heldOut: number;
  readonly phases: { readonly provision: number; readonly restore: number; readonly recover: number };
  /** Runs that it rests on, oldest first. */
  readonly restsOn: readonly string[];
  readonly conditions: string;
}

/** A forecast that would be a guess is none; `why` is a sentence without a full stop. */
export type Forecasted = { readonly forecast: Forecast } | { readonly why: string };

const FEWEST = 3;
/** Beyond twice what was measured nobody has tried how far off a line is. */
const FURTHEST = 2;
/** Forecasts across clusters were off by 30 % (PostgreSQL 15, replay of 1 to 2 GB of WAL), whatever a series says of itself. */
const LEAST_MARGIN = 0.3;
/** More than this is no forecast. */
const MOST_MARGIN = 1;

/** Tells how long a recovery of a size would take, from runs under the conditions of the last one. */
export function forecastOf(runs: readonly Measured[], size: Size): Forecasted {
  const alike = comparable(runs);
  const [first] = alike;
  if (!first || alike.length < FEWEST) return { why: tooFew(runs, alike) };
  const far = tooFar(alike, size);
  if (far !== null) return { why: far };
  const heldOut = Math.max(...alike.map((run) => heldOutError(alike, run)));
  const margin = Math.max(LEAST_MARGIN, heldOut);
  if (margin > MOST_MARGIN)
    return { why: `the runs before do not foretell one another: a forecast was off by ${percent(heldOut)}` };
  const phases = phasesAt(alike, size);
  const rtoMs = totalOf(phases);
  return {
    forecast: {
      rtoMs,
      betweenMs: [rtoMs * (1 - margin), rtoMs * (1 + margin)],
      margin,
      heldOut,
      phases,
      restsOn: alike.map(({ runId }) => runId),
      conditions: first.conditions,
    },
  };
}

/** The runs under the conditions of the last one, oldest first. */
export function comparable(runs: readonly Measured[]): Measured[] {
  const inOrder = runs.toSorted((a, b) => a.at - b.at);
  const last = inOrder.at(-1);
  return inOrder.filter(({ conditions }) => conditions === last?.conditions);
}

/** The largest size that a forecast is made for. */
export function furthestSize(runs: readonly Measured[]): Size {
  const alike = comparable(runs);
  return {
    restoredBytes: FURTHEST * Math.max(0, ...alike.map(({ restoredBytes }) => restoredBytes)),
    walBytes: FURTHEST * Math.max(0, ...alike.map(({ walBytes }) => walBytes)),
  };
}

function tooFew(runs: readonly Measured[], alike: readonly Measured[]): string {
  const others = runs.length - alike.length;
  const beside = others === 0 ? '' : `; ${others} more were run under other conditions`;
  return `a forecast needs ${FEWEST} passed runs under the same conditions, and there ${alike.length === 1 ? 'is 1' : `are ${alike.length}`}${beside}`;
}

function tooFar(runs: readonly Measured[], size: Size): string | null {
  const most = furthestSize(runs);
  const words = { restoredBytes: 'of data', walBytes: 'of WAL to replay' } as const;
  for (const what of ['restoredBytes', 'walBytes'] as const) {
    if (size[what] > most[what])
      return `${formatBytes(size[what])} ${words[what]} is more than twice the largest that a drill measured (${formatBytes(most[what] / FURTHEST)})`;
  }
  return null;
}

/** By what part the forecast of a run, made from all others, is off. */
function heldOutError(runs: readonly Measured[], run: Measured): number {
  const others = runs.filter((other) => other !== run);
  const measured = run.provisionMs + run.restoreMs + run.recoverMs;
  return measured <= 0 ? 0 : Math.abs(totalOf(phasesAt(others, run)) / measured - 1);
}

function phasesAt(runs: readonly Measured[], { restoredBytes, walBytes }: Size): Forecast['phases'] {
  return {
    provision: median(runs.map(({ provisionMs }) => provisionMs)) ?? 0,
    restore: fitted(runs.map((run) => ({ work: run.restoredBytes, ms: run.restoreMs })))?.(restoredBytes) ?? 0,
    recover: fitted(runs.map((run) => ({ work: run.walBytes, ms: run.recoverMs })))?.(walBytes) ?? 0,
  };
}

function totalOf({ provision, restore, recover }: Forecast['phases']): number {
  return provision + restore + recover;
}

/** 0.25 as `25 %`. */
export function percent(part: number): string {
  return `${Math.round(part * 100)} %`;
}
