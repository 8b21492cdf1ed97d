import type { DrillReport } from '../report/report.ts';

/** What is on record of an earlier run of the same copy. */
export interface EarlierRun {
  readonly runId: string;
  readonly startedAt: string;
  readonly verdict: DrillReport['verdict'];
  /** The label of the backup set; null: the run did not get as far as choosing one. */
  readonly backup: string | null;
}

/** How long a run took, and how much it had to do. */
export interface RunFigures {
  readonly rtoMs: number;
  /** Milliseconds of each phase that was run. */
  readonly phases: Readonly<Record<string, number>>;
  /** The size of the cluster; null: not known. */
  readonly restoredBytes: number | null;
  /** WAL that was delivered; null: not known. */
  readonly walBytes: number | null;
}
