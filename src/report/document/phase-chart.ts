import type { DrillReport, PhaseReport } from '../report.ts';

/** One phase as a bar; offsets are in milliseconds from the start of the run. */
export interface PhaseBar {
  readonly id: PhaseReport['id'];
  readonly status: 'done' | 'failed';
  readonly countsTowardsRto: boolean;
  readonly offsetMs: number;
  readonly durationMs: number;
}

/** The phases of a run against its RTO objective. */
export interface PhaseChart {
  readonly bars: readonly PhaseBar[];
  readonly totalMs: number;
  /** The span that the RTO measures; null unless it was measured. */
  readonly rto: { readonly fromMs: number; readonly measuredMs: number } | null;
  /** Null without an objective, or when the clock of the RTO never started. */
  readonly objective: { readonly atMs: number; readonly objectiveMs: number; readonly onScale: boolean } | null;
}

/** An objective further to the right than this many lengths of the run would squeeze the phases into nothing. */
const LONGEST_SCALE = 4;

/**
 * Lays out the phases that ran. They follow each other without a gap, so their durations, of the monotonic clock, give the
 * offsets: a wall clock that was set during the run does not bend the picture.
 */
export function layOutPhases({ phases, rto }: Pick<DrillReport, 'phases' | 'rto'>): PhaseChart {
  const bars: PhaseBar[] = [];
  let offsetMs = 0;
  for (const { id, status, countsTowardsRto, durationMs } of phases) {
    if (status === 'not-run' || durationMs === null) continue;
    bars.push({ id, status, countsTowardsRto, offsetMs, durationMs });
    offsetMs += durationMs;
  }
  const fromMs = bars.find((bar) => bar.countsTowardsRto)?.offsetMs ?? null;
  return {
    bars,
    totalMs: offsetMs,
    rto: fromMs === null || rto.measuredMs === null ? null : { fromMs, measuredMs: rto.measuredMs },
    objective: fromMs === null || rto.objectiveMs === null ? null : placeObjective(fromMs, rto.objectiveMs, offsetMs),
  };
}

function placeObjective(fromMs: number, objectiveMs: number, totalMs: number): NonNullable<PhaseChart['objective']> {
  const atMs = fromMs + objectiveMs;
  return { atMs, objectiveMs, onScale: atMs <= totalMs * LONGEST_SCALE };
}
