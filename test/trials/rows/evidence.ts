import type { TrialRow } from '../row.ts';

/** What signs a run, and what becomes of a run that cannot be signed. */
export const evidenceRows: readonly TrialRow[] = [
  {
    id: 'E5',
    input: 'a plan names a key; then one byte of a log, of the report, of the ledger is changed',
    ending: null,
    code: null,
    says: 'the run is signed and verified; each change is named with its file or line, and the exit status is 1',
  },
  {
    id: 'E5b',
    input: 'a plan has a command that signs, and it fails when the drill has passed',
    ending: 'passed',
    code: 'not-signed',
    says: 'this run is not signed: sh, which is to sign, ended with exit status 3: no token',
  },
  {
    id: 'E5c',
    input: 'a plan names a key that others can read',
    ending: 'refused',
    code: 'key-unusable',
    says: 'others than its owner can read the key',
  },
  {
    id: 'E5d',
    input: 'a plan has a command that signs, which asks OpenSSL; another one signs with another key',
    ending: null,
    code: null,
    says: 'the first run is signed and verified; the second one is not signed, and says so',
  },
];
