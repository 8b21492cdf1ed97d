import type { FaultRow } from '../table.ts';

const late = (id: string, input: string): FaultRow => ({
  id,
  input,
  of: 'machine',
  ending: 'inconclusive',
  code: 'deadline-exceeded',
});

const rows: readonly FaultRow[] = [
  late('Y1', 'the deadline passes while the repository is asked (preflight)'),
  late('Y2', 'the deadline passes while files are restored'),
  late('Y3', 'the deadline passes while a segment is fetched (recovery)'),
  late('Y4', 'the deadline passes while a check is asked'),
  {
    id: 'Y5',
    input: 'a segment is removed from the archive when the restore begins',
    of: 'backup',
    ending: 'failed',
    code: 'wal-missing',
  },
  {
    id: 'Y6',
    input: 'a segment is altered in the archive when the restore begins',
    of: 'backup',
    ending: 'failed',
    code: 'wal-checksum-mismatch',
  },
  {
    id: 'Y7',
    input: 'a segment is added at the end of the archive when the restore begins',
    of: 'nobody',
    ending: 'passed',
  },
  {
    id: 'Y8',
    input: 'the repository is removed when the target has been reached',
    of: 'nobody',
    ending: 'passed',
    why: 'all that was needed of it had been read and proven',
  },
  {
    id: 'Y9',
    input: 'the archive is removed when the restore begins',
    of: 'backup',
    ending: 'failed',
    code: 'repo-unreadable',
  },
];

export const timingRows: readonly FaultRow[] = rows.map((row) => ({ ...row, long: true }));
