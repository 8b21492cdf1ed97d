import type { PhaseId } from '../report/report.ts';

interface PhaseMeaning {
  readonly id: PhaseId;
  readonly title: string;
  readonly countsTowardsRto: boolean;
}

/** The phases of a run, in order. What each does is in phases/; what breaking it means is its error code's. */
export const PHASES: readonly PhaseMeaning[] = [
  { id: 'preflight', title: 'Preflight', countsTowardsRto: false },
  { id: 'provision', title: 'Provision', countsTowardsRto: true },
  { id: 'restore', title: 'Restore', countsTowardsRto: true },
  { id: 'recover', title: 'Recover', countsTowardsRto: true },
  { id: 'verify', title: 'Verify', countsTowardsRto: false },
  { id: 'cleanup', title: 'Cleanup', countsTowardsRto: false },
];
