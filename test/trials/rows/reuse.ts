import type { TrialRow } from '../row.ts';

/** Data that is kept from run to run, in whatever state the last run left it; and what a plan shows to the copy. */
export const reuseRows: readonly TrialRow[] = [
  {
    id: 'A22',
    input: '`sandbox.mounts` names a directory that holds the repository',
    ending: 'refused',
    code: 'plan-invalid',
    says: 'holds a repository',
  },
  {
    id: 'A22b',
    input: '`sandbox.mounts` names a link to the data directory of production',
    ending: 'refused',
    code: 'plan-invalid',
    says: 'is a data directory of production',
  },
  {
    id: 'B21',
    input:
      '`--reuse`, and since the run before it a byte of every file of the kept data was changed, with the size and the times as they were; files of its own lie among them',
    ending: 'passed',
    code: null,
    says: null,
  },
  {
    id: 'C20',
    input:
      '`--reuse`, and the run before it was ended while it restored (Ctrl-C, a deadline, a backup that is damaged)',
    ending: 'passed',
    code: null,
    says: null,
  },
  {
    id: 'C20b',
    input: '`--reuse`, and the run before it was killed (`kill -9`) while its server was up',
    ending: 'passed',
    code: null,
    says: null,
  },
  {
    id: 'C20c',
    input: '`--reuse`, and the run before it was killed before anything was restored, or while it wrote its marker',
    ending: 'passed',
    code: null,
    says: null,
  },
  {
    id: 'C20d',
    input: '`--reuse`, and the data of the run before it holds neither PG_VERSION nor a manifest',
    ending: 'passed',
    code: null,
    says: null,
  },
  {
    id: 'I11',
    input: '`--reuse` while the instance that `--reuse --keep` left is still up',
    ending: 'refused',
    code: 'busy',
    says: 'is still up, in the data to be reused',
  },
];
