import type { TrialRow } from '../row.ts';

/** What a report says of repeating its drill by hand. */
export const repeatRows: readonly TrialRow[] = [
  {
    id: 'I4',
    input: '“Repeat it by hand” of a report, pasted into a shell as it is',
    ending: null,
    code: null,
    says: 'Makes the same copy, which archives nothing, and removes it again; nothing of the run is needed for it.',
  },
];
