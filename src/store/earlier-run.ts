import type { DrillReport } from '../report/report.ts';

/** What is on record of an earlier run of the same copy. */
export interface EarlierRun {
  readonly runId: string;
  readonly startedAt: string;
  readonly verdict: DrillReport['verdict'];
  /** The label of the backup set; null: the run did not get as far as choosing one. */
  readonly backup: string | null;
}
