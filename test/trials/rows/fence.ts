import type { TrialRow } from '../row.ts';

const COPY_DOES = 'a check has the restored server, as superuser,';

/** What a copy does to the machine that it is drilled on. */
export const fenceRows: readonly TrialRow[] = [
  {
    id: 'A1',
    input: `${COPY_DOES} connect to a socket of a production that runs on this machine, by psql and by dblink`,
    ending: 'passed',
    code: null,
    says: null,
  },
  {
    id: 'A2',
    input: `${COPY_DOES} kill a process of the same user, and production's postmaster`,
    ending: 'passed',
    code: null,
    says: null,
  },
  {
    id: 'A3',
    input: `${COPY_DOES} read other files of the same user, the repository, and the pgBackRest configuration of the run`,
    ending: 'passed',
    code: null,
    says: null,
  },
  {
    id: 'A5',
    input: "a link of the drill's user lies where root reads or writes a file of the run",
    ending: null,
    code: null,
    says: null,
  },
  {
    id: 'A7b',
    input: '`AWS_SECRET_ACCESS_KEY` and `SSH_AUTH_SOCK` in the environment of a drill of a repository on disk',
    ending: 'passed',
    code: null,
    says: null,
  },
  {
    id: 'A8',
    input: 'a check, in SQL and as a command, leaves a process in the background; one holds its output open',
    ending: 'passed',
    code: null,
    says: null,
  },
  {
    id: 'A9',
    input: `${COPY_DOES} write the number of production's postmaster into the copy's \`postmaster.pid\``,
    ending: 'passed',
    code: null,
    says: null,
  },
  {
    id: 'A10',
    input: `${COPY_DOES} put a link to a file that root alone may read in the place of its log`,
    ending: 'passed',
    code: null,
    says: null,
  },
  {
    id: 'A11',
    input: `${COPY_DOES} put a link to production's socket in the place of its own; a check of the plan is asked next`,
    ending: 'passed',
    code: null,
    says: null,
  },
  {
    id: 'A12',
    input: `${COPY_DOES} listen in the place of its own socket and ask for a password; the user's \`PGPASSFILE\` has one for every server`,
    ending: 'passed',
    code: null,
    says: null,
  },
  {
    id: 'A13',
    input:
      'a scratch directory in one of another user, who could put a link in the place of what root removes when the run has ended',
    ending: 'refused',
    code: 'scratch-refused',
    says: 'who could put a link in the place of what is removed there',
  },
  {
    id: 'A14',
    input: `${COPY_DOES} lower its rank for the killer of the kernel, ask for an image of its memory, for a whole disk by one call, and for io_uring`,
    ending: 'passed',
    code: null,
    says: null,
  },
  {
    id: 'A15',
    input: `whoever starts pgdrill has left a file of his open for writing (a lock of a shell); ${COPY_DOES} write to it`,
    ending: null,
    code: null,
    says: null,
  },
  {
    id: 'A16',
    input: `pgdrill runs as an ordinary user; ${COPY_DOES} close directories to everybody, its own user among them`,
    ending: null,
    code: null,
    says: null,
  },
  {
    id: 'A20',
    input:
      'the restored data hold a program called `pgbackrest`, and the `PATH` of whoever runs the drill begins with the directory that one works in',
    ending: 'passed',
    code: null,
    says: null,
  },
  {
    id: 'A21',
    input: `${COPY_DOES} make empty files until the file system, which production may share, takes no more`,
    ending: 'inconclusive',
    code: 'disk-full',
    says: 'more files (df -i), and 400 must stay free',
  },
  {
    id: 'I10a',
    input: 'a command check whose program is not in the sandbox',
    ending: 'failed',
    code: 'check-error',
    says: 'no-such-program cannot be started in the sandbox: no such file or directory there',
  },
  {
    id: 'I10k',
    input: 'a command check that names no file, in a plan of which nothing is shown in the sandbox',
    ending: 'passed',
    code: null,
    says: null,
  },
  {
    id: 'I10b',
    input: 'a command check with a program beside the plan, and one in a directory that `sandbox.mounts` names',
    ending: 'passed',
    code: null,
    says: null,
  },
];
