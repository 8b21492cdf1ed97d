import type { TrialRow } from '../row.ts';

/** A production in sight that is not what the archive leads to, or that the drill must not judge by. */
export const productionRows: readonly TrialRow[] = [
  {
    id: 'B15',
    input:
      'production, in sight, was set back to an earlier snapshot of its disk and wrote on; the archive holds what it had written before, and refuses the new WAL',
    ending: 'failed',
    code: 'timeline-split',
    says: 'is not the one that the archive holds under this name',
  },
  {
    id: 'B15b',
    input: 'the same, right after production was set back and started: it has finished no segment yet',
    ending: 'failed',
    code: 'timeline-split',
    says: 'a snapshot of its disk',
  },
  {
    id: 'C16',
    input:
      'production was moved to another machine; the old data directory, in sight, ends within a segment that was finished there',
    ending: 'passed',
    code: null,
    says: null,
  },
];
