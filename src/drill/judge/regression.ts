import { formatDuration } from '../../core/duration.ts';
import { median } from '../../core/median.ts';
import type { ReasonCode } from '../../core/reason-codes.ts';
import type { DrillPlan } from '../../plan/drill-plan.ts';
import type { DrillReport, PhaseId, ReasonReport } from '../../report/report.ts';
import type { RunFigures } from '../../store/earlier-run.ts';

/** When a run is slower than those before it. */
export type RegressionLimit = NonNullable<DrillPlan['objectives']['regression']>;

/** A median of fewer runs than this says little. */
const FEWEST_RUNS = 3;

/** A small drill takes seconds, and seconds come and go: less than this is no news. */
const SMALLEST_MS = 5000;

/** The phases that the RTO is made of, what their time depends on, and where to look when it grew. */
const PHASES = {
  provision: { works: null, look: 'look what the sandbox waited for: the server, the image, the disk' },
  restore: {
    works: 'restoredBytes',
    look: 'look at the throughput from the repository, at process-max, and at what else the machine did meanwhile',
  },
  recover: {
    works: 'walBytes',
    look: 'look how much WAL had to be replayed since the backup, and how fast the disk of the drill is',
  },
} as const satisfies Partial<
  Record<PhaseId, { readonly works: 'restoredBytes' | 'walBytes' | null; readonly look: string }>
>;
type RtoPhase = keyof typeof PHASES;

/** What a report says of the time that a run took and of what it moved; null: no RTO was measured. */
export function figuresOf({ rto, phases, restore, recovery }: DrillReport): RunFigures | null {
  if (rto.measuredMs === null) return null;
  return {
    rtoMs: rto.measuredMs,
    phases: Object.fromEntries(phases.flatMap(({ id, durationMs }) => (durationMs === null ? [] : [[id, durationMs]]))),
    restoredBytes: restore?.bytesTotal ?? null,
    walBytes: recovery?.walBytes ?? null,
  };
}

/**
 * Whether a run was slower than the runs before it that it can be compared with. The measure is their median RTO, and more
 * where there is more to do: restore may take longer as the data grew, recover as the WAL did. Warns above the limit; null:
 * nothing to say, or too few runs to say it.
 */
export function regressionOf(
  now: RunFigures,
  before: readonly RunFigures[],
  { percent }: RegressionLimit,
): ReasonReport | null {
  if (before.length < FEWEST_RUNS) return null;
  const usualMs = median(before.map(({ rtoMs }) => rtoMs)) ?? 0;
  const changes = (Object.keys(PHASES) as RtoPhase[]).map((phase) => changeOf(phase, now, before));
  const dueMs = usualMs + changes.reduce((sum, { moreDueMs }) => sum + moreDueMs, 0);
  if (now.rtoMs <= dueMs * (1 + percent / 100) || now.rtoMs - dueMs < SMALLEST_MS) return null;
  const most = changes.reduce((a, b) => (b.nowMs - b.usualMs > a.nowMs - a.usualMs ? b : a));
  const above = Math.round((now.rtoMs / usualMs - 1) * 100);
  return {
    code: 'rto-regression' satisfies ReasonCode,
    message: `RTO ${formatDuration(now.rtoMs)} is ${above} % above the median of the last ${before.length} passed runs (${formatDuration(usualMs)})${workText(now, before)}; the phase that grew most is ${most.phase}: ${formatDuration(most.nowMs)} instead of ${formatDuration(most.usualMs)}`,
    phase: most.phase,
    hint: PHASES[most.phase].look,
  };
}

/** A phase beside its median, and how much longer it may take since there is more to do. */
interface PhaseChange {
  readonly phase: RtoPhase;
  readonly nowMs: number;
  readonly usualMs: number;
  readonly moreDueMs: number;
}

function changeOf(phase: RtoPhase, now: RunFigures, before: readonly RunFigures[]): PhaseChange {
  const usualMs = median(before.map(({ phases }) => phases[phase] ?? 0)) ?? 0;
  const { works } = PHASES[phase];
  const growth = works === null ? null : growthOf(works, now, before);
  return { phase, nowMs: now.phases[phase] ?? 0, usualMs, moreDueMs: usualMs * Math.max(0, growth ?? 0) };
}

/** By what part of its median something grew: 0.05 is 5 %; null: it is not known. */
function growthOf(what: 'restoredBytes' | 'walBytes', now: RunFigures, before: readonly RunFigures[]): number | null {
  const known = before.flatMap((run) => (run[what] === null ? [] : [run[what]]));
  const usual = median(known) ?? 0;
  return now[what] === null || usual === 0 ? null : now[what] / usual - 1;
}

function workText(now: RunFigures, before: readonly RunFigures[]): string {
  const told = [
    changeText('the data', growthOf('restoredBytes', now, before)),
    changeText('the WAL to replay', growthOf('walBytes', now, before)),
  ].filter((text) => text !== null);
  return told.length === 0 ? '' : `, while ${told.join(' and ')}`;
}

function changeText(what: string, growth: number | null): string | null {
  if (growth === null) return null;
  const percent = Math.round(growth * 100);
  if (percent === 0) return `${what} did not grow`;
  return percent > 0 ? `${what} grew ${percent} %` : `${what} shrank ${-percent} %`;
}
