import type { DrillReport } from '../report/report.ts';
import type { Tried } from './document.ts';
import type { Way } from './knob.ts';

/** What drills of one way came to. */
export interface Drilled {
  readonly reports: readonly DrillReport[];
  /** Why a drill of it was refused or did not pass; null: all passed. */
  readonly why: string | null;
}

/** What gains less of the RTO than this is not worth a line: two runs of the same differ by as much on a quiet machine. */
const LEAST_GAIN = 0.1;

/** How far apart drills of one way were, as a part of their median; null: there were not two. */
export function spreadOf(reports: readonly DrillReport[]): number | null {
  const times = reports.flatMap(({ rto }) => rto.measuredMs ?? []);
  const middle = medianOf(reports, ({ rto }) => rto.measuredMs);
  return times.length < 2 || middle === null || middle <= 0 ? null : (Math.max(...times) - Math.min(...times)) / middle;
}

/** How much a way has to gain before it counts: no less than drills of the same differed by. */
export function gainWanted(spread: number | null): number {
  return Math.max(LEAST_GAIN, spread ?? 0);
}

/** Two drills that replayed amounts of WAL further apart than this had not the same to do. */
const SAME_WAL = 0.05;

/** What is known of a way after its drills, beside those as configured; null: it is that itself. */
export function triedOf({ id, lines }: Pick<Way, 'id' | 'lines'>, { reports, why }: Drilled, now: Tried | null): Tried {
  const [rtoMs, restoreMs, recoverMs] = [
    medianOf(reports, ({ rto }) => rto.measuredMs),
    medianOf(reports, (report) => tookOf(report, 'restore')),
    medianOf(reports, (report) => tookOf(report, 'recover')),
  ];
  const walBytes = medianOf(reports, ({ recovery }) => recovery?.walBytes ?? null);
  const problem = why ?? (now === null ? null : differenceOf(walBytes, now.walBytes));
  const ratio = rtoMs === null || problem !== null ? null : now === null ? 1 : ratioOf(rtoMs, now.rtoMs);
  return {
    id,
    lines: [...lines],
    drills: reports.length,
    rtoMs,
    restoreMs,
    recoverMs,
    walBytes,
    ratio,
    why: ratio === null ? (problem ?? 'its RTO was not measured') : null,
  };
}

interface Compared {
  readonly ratio: number | null;
}

/** Of each knob the way that is worth it, as {@link bestOf} has it. */
export function worthOf<T extends Compared>(knobs: readonly (readonly T[])[], wanted: number): T[] {
  return knobs.flatMap((ways) => bestOf(ways, wanted) ?? []);
}

/** The first of some, the plainer before the others, that gains enough and that no other gains enough over; null: none does. */
export function bestOf<T extends Compared>(some: readonly T[], wanted: number): T | null {
  const known = some.flatMap((way) => (way.ratio === null ? [] : [{ way, ratio: way.ratio }]));
  const fastest = Math.min(...known.map(({ ratio }) => ratio));
  const most = 1 - wanted;
  return known.find(({ ratio }) => ratio <= most && fastest > ratio * most)?.way ?? null;
}

function ratioOf(rtoMs: number, nowMs: number | null): number | null {
  return nowMs === null || nowMs <= 0 ? null : rtoMs / nowMs;
}

function differenceOf(walBytes: number | null, now: number | null): string | null {
  if (walBytes === null || now === null) return null;
  const isSame = Math.abs(walBytes - now) <= Math.max(walBytes, now) * SAME_WAL;
  return isSame ? null : 'it replayed another amount of WAL, since production went on: give a --target-time';
}

function tookOf({ phases }: DrillReport, id: string): number | null {
  return phases.find((phase) => phase.id === id)?.durationMs ?? null;
}

function medianOf(reports: readonly DrillReport[], of: (report: DrillReport) => number | null): number | null {
  const values = reports.flatMap((report) => of(report) ?? []).toSorted((a, b) => a - b);
  const middle = Math.floor(values.length / 2);
  const [low, high] = [values[Math.ceil(values.length / 2) - 1], values[middle]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
