import type { DrillPlan } from '../../plan/drill-plan.ts';
import type { DrillReport } from '../../report/report.ts';
import type { Ending } from '../ending.ts';
import type { CleanedUp } from '../phases/cleanup.ts';
import type { Run } from '../run.ts';
import { fallbackOf } from './fallback.ts';

interface Next {
  /** The report of the run, without secrets, with what is tried after it. */
  readonly found: DrillReport;
  /** What is to be run next; null: nothing is. */
  readonly fallback: DrillPlan | null;
}

/** A run that has ended, and what is to be tried after it. */
export function nextAfter(
  { record, services }: Run,
  report: DrillReport,
  { endedBy }: Ending,
  { keptInstance }: CleanedUp,
): Next {
  const next = fallbackOf({ record, report, endedBy, keptInstance, signal: services.signal });
  return {
    found: services.redactor.data({ ...report, fallback: next?.report ?? null }),
    fallback: next?.plan ?? null,
  };
}
