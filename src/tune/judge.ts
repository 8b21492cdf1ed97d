import type { DrillReport } from '../report/report.ts';
import type { Tried } from './document.ts';
import type { Way } from './knob.ts';

/** What drills of one way came to. */
export interface Drilled {
  readonly reports: readonly DrillReport[];
  /** Why a drill of it was refused or did not pass; null: all passed. */
  readonly why: string | null;
}

/** A way that takes more of the RTO than this is not worth a line: two runs of the same differ by as much. */
export const WORTH = 0.9;

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

/** The way of each knob that gains most, of those that gain enough. */
export function worthOf<T extends { readonly ratio: number | null }>(knobs: readonly (readonly T[])[]): T[] {
  return knobs.flatMap((ways) => fastestOf(ways) ?? []);
}

/** The fastest of some that is worth it; null: none is. */
export function fastestOf<T extends { readonly ratio: number | null }>(some: readonly T[]): T | null {
  const worth = some.filter(({ ratio }) => ratio !== null && ratio <= WORTH);
  return worth.toSorted((a, b) => (a.ratio ?? 1) - (b.ratio ?? 1))[0] ?? null;
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
