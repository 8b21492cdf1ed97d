import type { DrillPlan } from '../../plan/drill-plan.ts';
import type { DrillReport } from '../../report/report.ts';
import type { DrillOnRecord } from '../../store/ledger/index-answers.ts';

/** A drill of many, which a process of its own runs. */
export interface OneDrill {
  readonly name: string;
  /** Null: its plan file, or the stanza that it is of. */
  readonly from: string;
  /** Of several repositories that it goes to, the first. */
  readonly plan: DrillPlan;
  /** What is on record of its runs. */
  readonly record: DrillOnRecord;
  /** Behind `drill run` or `drill plan`. */
  readonly words: readonly string[];
}

/** A drill that is not run, and why. */
export interface NotRun {
  readonly drill: string;
  readonly why: string;
}

/** What a drill came to. */
export interface Outcome {
  readonly drill: string;
  readonly from: string;
  /** Why it was among those that were run; null: all were. */
  readonly why: string | null;
  readonly exitStatus: number;
  /** A run for each repository that it went to; none where it could not begin. */
  readonly reports: readonly DrillReport[];
  /** Where the reports of its runs lie; null: it has no plan that can be used. */
  readonly reportsDirectory: string | null;
  /** What it said, beside its reports. */
  readonly said: string;
}
