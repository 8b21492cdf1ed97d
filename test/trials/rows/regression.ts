import type { TrialRow } from '../row.ts';

/** Runs beside those before them. */
export const regressionRows: readonly TrialRow[] = [
  {
    id: 'E6',
    input: 'three runs, and a fourth whose restore takes eight seconds longer, of the same data',
    ending: 'passed',
    code: 'rto-regression',
    says: 'above the median of the last 3 passed runs',
  },
];
