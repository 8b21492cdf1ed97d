import type { TrialRow } from '../row.ts';

/** A repository that changes as repositories do, while a drill reads it. */
export const expiryRows: readonly TrialRow[] = [
  {
    id: 'C17',
    input: 'the backup set that is drilled is expired by production when the restore begins',
    ending: 'inconclusive',
    code: 'backup-expired',
    says: 'was expired while the drill ran',
  },
  {
    id: 'C17b',
    input: 'the same, with its WAL, when the restored server is started',
    ending: 'inconclusive',
    code: 'backup-expired',
    says: 'it was in the archive when the run began, and is gone',
  },
];
