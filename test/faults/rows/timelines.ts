import type { FaultRow } from '../table.ts';

/** Of a production that was failed over to timeline 2, of which the archive has a history file. */
export const timelineRows: readonly FaultRow[] = [
  {
    id: 'T1',
    input: 'the history file of timeline 2 is empty',
    of: 'backup',
    ending: 'failed',
    code: 'wal-unreadable',
  },
  {
    id: 'T2',
    input: 'the history file of timeline 2 is random bytes',
    of: 'backup',
    ending: 'failed',
    code: 'wal-unreadable',
  },
  {
    id: 'T3',
    input: 'the history file of timeline 2 is cut within the LSN where it left timeline 1',
    of: 'backup',
    ending: 'failed',
    code: 'timeline-mismatch',
  },
  {
    id: 'T4',
    input: 'the history file of timeline 2 says that it left timeline 1 before the backup',
    of: 'backup',
    ending: 'failed',
    code: 'timeline-mismatch',
  },
  {
    id: 'T5',
    input: 'the history file of timeline 2 says that it left timeline 1 far behind its end',
    of: 'backup',
    ending: 'failed',
    code: 'wal-missing',
  },
  {
    id: 'T6',
    input: 'the history file of timeline 2 names a timeline 9 as its parent',
    of: 'backup',
    ending: 'failed',
    code: 'timeline-mismatch',
  },
  {
    id: 'T7',
    input: 'the history file of timeline 2 cannot be read by the user of the drill',
    of: 'machine',
    ending: 'inconclusive',
    code: 'repo-permission-denied',
  },
  {
    id: 'T8',
    input: 'a history file of a timeline 9 lies in the archive, random bytes, without any WAL',
    of: 'backup',
    ending: 'failed',
    code: 'wal-missing',
  },
  {
    id: 'T9',
    input: 'a history file of a timeline 3, that left timeline 2 at its end, and no WAL of it',
    of: 'backup',
    ending: 'failed',
    code: 'wal-missing',
  },
  {
    id: 'T10',
    input: 'a segment of timeline 1 that both timelines share is gone',
    of: 'backup',
    ending: 'failed',
    code: 'wal-missing',
  },
  {
    id: 'T11',
    input: 'the last segment of timeline 2 is altered',
    of: 'backup',
    ending: 'failed',
    code: 'wal-checksum-mismatch',
  },
  { id: 'T12', input: '`--target-timeline 99999999999`', of: 'person', ending: 'refused', code: 'plan-invalid' },
  { id: 'T13', input: '`--target-timeline newest`', of: 'person', ending: 'refused', code: 'plan-invalid' },
  { id: 'T14', input: '`--target-timeline latest`', of: 'nobody', ending: 'passed' },
  {
    id: 'T15',
    input:
      'a history file of a timeline 9 lies in the archive, without any WAL, and the user of the drill may not read it',
    of: 'machine',
    ending: 'inconclusive',
    code: 'repo-permission-denied',
    says: '00000009.history',
  },
];
