import type { TrialRow } from '../row.ts';

/** pgBackRest configurations that are old, wrong or incomplete. */
export const configurationRows: readonly TrialRow[] = [
  {
    id: 'D2',
    input: '`--repo 9`, and the configuration has no repository 9',
    ending: 'refused',
    code: 'plan-invalid',
    says: 'the configuration has no repository 9; it has 1, 2',
  },
];
