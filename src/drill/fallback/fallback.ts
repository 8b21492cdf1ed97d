import type { DrillPlan } from '../../plan/drill-plan.ts';
import { isWarning, orderedReasons } from '../../report/document/reasons.ts';
import type { FallbackReport } from '../../report/fallback.ts';
import type { DrillReport } from '../../report/report.ts';
import { plannedKindOf } from '../../targets/index.ts';
import type { DrillError } from '../../core/errors.ts';
import { failedOf, firstOf, type KnownOfRun } from './first-of.ts';
import { ruleFor } from './rules.ts';
import type { Try } from './steps.ts';

/** What is tried after a run. */
export interface Fallback {
  /** What its report says of it. */
  readonly report: FallbackReport;
  /** The plan of the run that tries it; null: nothing is tried. */
  readonly plan: DrillPlan | null;
}

/** A run that has ended and was cleaned up. */
interface Ended {
  readonly record: KnownOfRun;
  readonly report: DrillReport;
  /** What ended it before its time; null: it went through. */
  readonly endedBy: DrillError | null;
  /** Its instance was left up. */
  readonly keptInstance: boolean;
  /** Somebody has ended it, or what comes after it. */
  readonly signal: AbortSignal;
}

/**
 * What is to be tried after a run, once, from another backup set or another repository. It is tried only after `failed`, once all of
 * the run is gone, and only where something else could come of it. Null: the plan wants nothing of that, or the run passed.
 */
export function fallbackOf(ended: Ended): Fallback | null {
  const { record, report, endedBy } = ended;
  if (record.plan.fallback === null || report.verdict === 'passed') return null;
  const hindrance = hindranceOf(ended);
  if (hindrance !== null) return nothing(null, hindrance);
  const codes = orderedReasons(report.reasons)
    .filter((reason) => !isWarning(reason))
    .map(({ code }) => code);
  const ruled = ruleFor([...(endedBy === null ? [] : [endedBy.code]), ...codes]);
  if (ruled === null) return nothing(null, 'no reason of this run says what could help');
  const found = firstOf(ruled, failedOf(record, endedBy?.walFile ?? null));
  return typeof found === 'string' ? nothing(ruled.code, found) : tried(ended, ruled.code, found);
}

/** Why nothing may be tried, whatever the reason of the run is; null: something may. */
function hindranceOf({ record, report, keptInstance, signal }: Ended): string | null {
  if (signal.aborted) return 'the run was ended by a signal';
  if (report.verdict !== 'failed') return `a run that is ${report.verdict} says nothing against the backup`;
  if (keptInstance) return 'the instance was kept, and holds the room';
  if (!report.cleanup.done) return 'something of the run could not be removed, and may be in the way';
  return leftMs(record.plan, report) <= 0 ? 'the deadline of the plan is over' : null;
}

/** Both runs together take no longer than the plan allows one. */
function leftMs({ deadlineMs }: DrillPlan, { startedAt, finishedAt }: DrillReport): number {
  return deadlineMs - (Date.parse(finishedAt) - Date.parse(startedAt));
}

function tried({ record: { plan }, report }: Ended, code: string, found: Try): Fallback {
  const { repo, backup, target, timeline, why } = found;
  const { type } = target;
  return {
    report: {
      ...NOTHING_KNOWN,
      tried: true,
      code,
      why,
      repo,
      backup,
      target: { type, value: plannedKindOf(target).value },
    },
    plan: {
      ...plan,
      source: { ...plan.source, repo, backup },
      target,
      timeline,
      rotation: null,
      // It is tried once.
      fallback: null,
      deadlineMs: leftMs(plan, report),
      objectives: { ...plan.objectives, regression: null, forecastMs: null },
      // It counts for nothing: not for the schedule, not for a control, and no runbook is written of it.
      schedule: null,
      controls: [],
      runbook: null,
      // Production was asked once tonight.
      compare: null,
    },
  };
}

function nothing(code: string | null, why: string): Fallback {
  return { report: { ...NOTHING_KNOWN, tried: false, code, why }, plan: null };
}

const NOTHING_KNOWN: Omit<FallbackReport, 'tried' | 'code' | 'why'> = {
  repo: null,
  backup: null,
  target: null,
  run: null,
  verdict: null,
  recoveredTo: null,
  rtoMs: null,
  result: null,
};
