import { expect, test } from 'vitest';
import { parseControlData } from '../../../src/postgres/control-data.ts';

const OUTPUT = `pg_control version number:            1300
Catalog version number:               202209061
Database system identifier:           7710438438314332286
Database cluster state:               in archive recovery
pg_control last modified:             Sat Nov 21 02:52:51 2026
Latest checkpoint location:           0/2000060
Latest checkpoint's REDO location:    0/2000028
Latest checkpoint's REDO WAL file:    000000010000000000000002
Latest checkpoint's TimeLineID:       1
Latest checkpoint's PrevTimeLineID:   1
wal_level setting:                    replica
wal_log_hints setting:                off
max_connections setting:              150
max_worker_processes setting:         8
max_wal_senders setting:              10
max_prepared_xacts setting:           0
max_locks_per_xact setting:           64
track_commit_timestamp setting:       off
Data page checksum version:           1
Mock authentication nonce:            aa
`;

test('what a drill needs is read, the system identifier with all its digits', () => {
  expect(parseControlData(OUTPUT)).toMatchObject({
    systemId: '7710438438314332286',
    state: 'in archive recovery',
    timeline: 1,
    standbyMinimums: new Map([
      ['max_connections', 150],
      ['max_worker_processes', 8],
      ['max_wal_senders', 10],
      ['max_prepared_transactions', 0],
      ['max_locks_per_transaction', 64],
    ]),
  });
});

test('what is not there is made up nowhere', () => {
  const data = parseControlData('something else entirely\n');
  expect(data).toMatchObject({ systemId: '', state: '', timeline: 0 });
  expect(data.standbyMinimums.size).toBe(0);
});
