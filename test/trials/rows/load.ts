import type { TrialRow } from '../row.ts';

/** Standbys, sizes, limits and endings. */
export const loadRows: readonly TrialRow[] = [
  {
    id: 'B6',
    input: 'a standby drill; after its proof the archive gets a segment that is not what its name says',
    ending: 'passed',
    code: null,
    says: null,
  },
  {
    id: 'B7',
    input:
      'a standby drill of an archive whose last segment holds a record that takes long (`CREATE DATABASE … STRATEGY file_copy`), and a commit after it',
    ending: 'passed',
    code: null,
    says: null,
  },
  {
    id: 'C14',
    input: 'a standby drill of an archive with a segment that was damaged before it was archived',
    ending: 'failed',
    code: 'wal-invalid',
    says: 'the standby replays no further than',
  },
  {
    id: 'C14b',
    input: 'the same, and it is the last segment of the archive',
    ending: 'failed',
    code: 'wal-invalid',
    says: 'the standby replays no further than',
  },
];
