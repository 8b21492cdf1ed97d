import { describe, expect, test } from 'vitest';
import { formatInstant } from '../../../src/core/instant.ts';
import { isWanted, isWithin, parseRecord } from '../../../src/postgres/waldump.ts';
import { walXid } from '../../../src/postgres/xid.ts';
import { lsn } from '../../fixtures/facts.ts';

/** Lines of pg_waldump 15. */
const line = (tx: number, position: string, desc: string): string =>
  `rmgr: Transaction len (rec/tot):     34/    34, tx:        ${tx}, lsn: ${position}, prev 0/030162D0, desc: ${desc}`;
const COMMIT = line(727, '0/03016310', 'COMMIT 2026-11-28 11:24:51.371231 UTC');
const WITH_MORE = line(724, '0/03015E18', 'COMMIT 2026-11-28 11:24:51.051722 UTC; inval msgs: catcache 80 catcache 79');
const ABORT = line(726, '0/030162A8', 'ABORT 2026-11-28 11:24:51.371114 UTC');
const PREPARE = line(725, '0/03016140', 'PREPARE gid p1: 2026-11-28 11:24:51.067004 UTC');
const COMMIT_PREPARED = line(0, '0/03016238', 'COMMIT_PREPARED 725: 2026-11-28 11:24:51.362570 UTC');
const WITH_SUBS = line(
  743,
  '0/06003780',
  'COMMIT 2026-11-28 17:09:43.050696 UTC; subxacts: 744 745; inval msgs: relcache 9',
);
const POINT = line(0, '0/03016098', 'RESTORE_POINT space ');

describe('a record of pg_waldump', () => {
  test.each([
    ['a commit', COMMIT, 'commit', '727', '0/3016310', '2026-11-28T11:24:51.371231Z'],
    ['a commit with more', WITH_MORE, 'commit', '724', '0/3015E18', '2026-11-28T11:24:51.051722Z'],
    ['a rollback', ABORT, 'abort', '726', '0/30162A8', '2026-11-28T11:24:51.371114Z'],
    ['the commit of a prepared one', COMMIT_PREPARED, 'commit', '725', '0/3016238', '2026-11-28T11:24:51.362570Z'],
  ])('%s', (_, text, kind, xid, position, at) => {
    const record = parseRecord(text);
    expect(record).toMatchObject({ kind, xid, lsn: lsn(position), name: null });
    expect(formatInstant(record?.at ?? 0n)).toBe(at);
  });

  test('a restore point keeps every sign of its name', () => {
    expect(parseRecord(POINT)).toEqual({
      kind: 'restore point',
      lsn: lsn('0/3016098'),
      xid: null,
      name: 'space ',
      at: null,
      subtransactions: [],
    });
  });

  test.each([PREPARE, 'pg_waldump: error: could not find a valid record after 0/5000000', ''])('none: %s', (text) => {
    expect(parseRecord(text)).toBeNull();
  });
});

test.each([
  [{ xid: '727' }, COMMIT, true],
  [{ xid: '0727' }, COMMIT, true],
  [{ xid: '4294968023' }, COMMIT, true],
  [{ xid: '725' }, COMMIT_PREPARED, true],
  [{ xid: '726' }, ABORT, true],
  [{ xid: '72' }, COMMIT, false],
  [{ xid: '0' }, POINT, false],
  [{ name: 'space ' }, POINT, true],
  [{ name: 'space' }, POINT, false],
  [{ name: '727' }, COMMIT, false],
])('%j is looked for, %s is it: %s', (wanted, text, expected) => {
  const record = parseRecord(text);
  expect(record !== null && isWanted(record, wanted)).toBe(expected);
});

test.each([
  ['725', '725'],
  ['0725', '725'],
  ['4294968021', '725'],
  ['18446744073709551615', '4294967295'],
])('the transaction %s is %s in the WAL', (typed, expected) => {
  expect(walXid(typed)).toBe(expected);
});

test.each([
  [{ xid: '744' }, WITH_SUBS, true],
  [{ xid: '4294968041' }, WITH_SUBS, true],
  [{ xid: '743' }, WITH_SUBS, false],
  [{ xid: '9' }, WITH_SUBS, false],
  [{ xid: '744' }, COMMIT, false],
  [{ name: '744' }, WITH_SUBS, false],
])('%j is looked for, it ended within %s: %s', (wanted, text, expected) => {
  const record = parseRecord(text);
  expect(record !== null && isWithin(record, wanted)).toBe(expected);
});
