import type { TrialRow } from '../row.ts';

/** What is claimed of the fence, and what a copy does that tries to get out of it. */
export const claimRows: readonly TrialRow[] = [
  {
    id: 'A4',
    input: 'the restored server, and it alone, is started without the fence',
    ending: 'failed',
    code: 'isolation-broken',
    says: 'the copy sees no process but its own',
  },
  {
    id: 'A4b',
    input:
      'the restored server does its worst as superuser beside a production of the same user that serves a load: programs, dblink, foreign tables to every socket, ptrace, shared memory, the kernel, forks without end, `kill -9 -1`',
    ending: null,
    code: null,
    says: 'none of it succeeds, production has the same processes and every row of its load, and the load saw no error',
  },
  {
    id: 'A4c',
    input: 'the restored server fills the disk',
    ending: 'inconclusive',
    code: 'disk-full',
    says: 'must stay free',
  },
];
