import type { TrialRow } from '../row.ts';

/** pgBackRest configurations that are old, wrong or incomplete. */
export const configurationRows: readonly TrialRow[] = [
  {
    id: 'B3',
    input: '`backup-host` and `backup-user`, names of pgBackRest 1.x, beside a stale directory of this machine',
    ending: 'failed',
    code: 'repo-unreadable',
    says: 'Connection refused',
  },
  {
    id: 'B3b',
    input:
      'a configuration in old names alone: `repo-path`, `repo-cipher-type`, `repo-cipher-pass`, `db-path`, `retention-full`',
    ending: 'passed',
    code: null,
    says: null,
  },
  {
    id: 'B3c',
    input: 'a typing error in the name of an option: `repo1-pth`',
    ending: 'passed',
    code: 'config-option-unknown',
    says: 'did you mean repo1-path?',
  },
  {
    id: 'B3d',
    input: 'the repository given by old names in the environment: `PGBACKREST_REPO_PATH`',
    ending: 'passed',
    code: null,
    says: null,
  },
  {
    id: 'B3e',
    input: '`repo1-host` and `backup-host` in one section',
    ending: 'refused',
    code: 'config-invalid',
    says: 'backup-host stands in [global] already as repo1-host',
  },
  {
    id: 'D1',
    input: '`repo1-path=/repo   # a comment`, which pgBackRest takes for a path',
    ending: 'refused',
    code: 'config-invalid',
    says: 'pgbackrest.conf:2: repo1-path has a comment behind its value',
  },
  {
    id: 'D1b',
    input: '`repo1-cipher-type=aes256`, which pgBackRest refuses with exit status 32',
    ending: 'refused',
    code: 'config-invalid',
    says: "'aes256' is not allowed for 'repo1-cipher-type' option",
  },
  {
    id: 'D2',
    input: '`--repo 9`, and the configuration has no repository 9',
    ending: 'refused',
    code: 'plan-invalid',
    says: 'the configuration has no repository 9; it has 1, 2',
  },
];
