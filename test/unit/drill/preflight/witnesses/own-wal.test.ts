import { describe, expect, test } from 'vitest';
import { ownWalFault } from '../../../../../src/drill/preflight/witnesses/own-wal.ts';
import type { Reach } from '../../../../../src/targets/reach.ts';
import type { WalFault } from '../../../../../src/drill/preflight/witnesses/wal-fault.ts';
import type { BackupSet } from '../../../../../src/pgbackrest/info.ts';
import { listingOf } from '../../../../fixtures/archive-listing.ts';
import { backupSet, lsn, segment } from '../../../../fixtures/facts.ts';
import { archiveState } from '../../../../fixtures/preflight.ts';

const BACKUP = backupSet({ walStart: segment(2), walStop: segment(3) });
const LATER = backupSet({ label: 'later', walStart: segment(7), walStop: segment(7) });
const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 21, 2, minute));
const inSegment = (number: number): Reach => ({ kind: 'position', lsn: BigInt(number) * 0x100_0000n + 5n });

interface Given {
  /** The numbers of the segments in the archive; each was archived in the minute of its number. */
  readonly present: readonly number[];
  readonly reach?: Reach;
  readonly sets?: readonly BackupSet[];
}

function faultOf({ present, reach = { kind: 'end' }, sets = [BACKUP] }: Given): WalFault | null {
  const files = present.map((number, index) => ({
    name: segment(number),
    archivedAt: at(number),
    sha1: String(index % 10).repeat(40),
  }));
  return ownWalFault({ state: archiveState(listingOf(files)), backup: BACKUP, sets, reach });
}

test.each<[string, Given]>([
  ['everything is there', { present: [2, 3, 4, 5] }],
  ['older WAL has expired', { present: [0, 2, 3, 4] }],
  ['the archive ends with the backup', { present: [2, 3] }],
  ['a gap lies after the LSN', { present: [2, 3, 4, 6], reach: inSegment(4) }],
  ['a gap lies after the backup, of which alone the end is wanted', { present: [2, 3, 6], reach: { kind: 'backup' } }],
  [
    'what lies after a gap was archived after the time',
    { present: [2, 3, 4, 6], reach: { kind: 'moment', at: at(5) } },
  ],
  ['a segment beyond the LSN was archived twice', { present: [2, 3, 4, 4], reach: inSegment(3) }],
  ['a segment beyond the backup was archived twice', { present: [2, 3, 4, 4], reach: { kind: 'backup' } }],
  ['a segment beyond the time was archived twice', { present: [2, 3, 4, 5, 5], reach: { kind: 'moment', at: at(3) } }],
  ['a segment before the backup was archived twice', { present: [1, 1, 2, 3] }],
])('nothing is wrong when %s', (_, given) => {
  expect(faultOf(given)).toBeNull();
});

test.each<[string, Given, string]>([
  ['the first segment of the backup is gone', { present: [3, 4] }, segment(2)],
  ['the last segment of the backup is gone', { present: [2, 4] }, segment(3)],
  ['its last segment is gone, and only its end is wanted', { present: [2], reach: { kind: 'backup' } }, segment(3)],
  ['the whole archive is gone', { present: [] }, segment(2)],
  ['there is a gap', { present: [2, 3, 5] }, segment(4)],
  ['there is a wide gap', { present: [2, 3, 9] }, `${segment(4)} and 4 after it are`],
  ['there is a gap before the LSN', { present: [2, 3, 5, 6], reach: inSegment(6) }, segment(4)],
  ['the gap is where the LSN lies', { present: [2, 3, 5], reach: inSegment(4) }, segment(4)],
  [
    'what lies after a gap was archived before the time',
    { present: [2, 3, 5], reach: { kind: 'moment', at: at(5) } },
    segment(4),
  ],
  [
    'a set begins after the gap, but the gap not at the end of the backup',
    { present: [2, 3, 4, 7], sets: [BACKUP, LATER] },
    segment(5),
  ],
  ['the gap ends before the next set begins', { present: [2, 3, 6, 7], sets: [BACKUP, LATER] }, segment(4)],
])('WAL is missing when %s', (_, given, named) => {
  expect(faultOf(given)).toMatchObject({ code: 'wal-missing', message: expect.stringContaining(named) as string });
});

describe('what is gone from the end of a set to the beginning of a newer one was expired on purpose', () => {
  const thinned = { present: [2, 3, 7, 8], sets: [BACKUP, LATER] };

  test.each<[string, Reach]>([
    ['the end', { kind: 'end' }],
    ['an LSN in it', inSegment(5)],
    ['a time after it', { kind: 'moment', at: at(9) }],
  ])('for %s', (_, reach) => {
    expect(faultOf({ ...thinned, reach })).toMatchObject({
      code: 'wal-expired',
      message: expect.stringContaining('to its own end only') as string,
    });
  });

  test('and the end of the set is all that is needed', () => {
    expect(faultOf({ ...thinned, reach: { kind: 'backup' } })).toBeNull();
  });
});

test.each<[string, Reach]>([
  ['the end', { kind: 'end' }],
  ['an LSN in it', inSegment(4)],
  ['a time after the segment before it', { kind: 'moment', at: at(3) }],
])('a segment that was archived twice is told of with both times, for %s', (_, reach) => {
  const fault = faultOf({ present: [2, 3, 4, 4, 5], reach });
  expect(fault?.code).toBe('wal-duplicate');
  expect(fault?.message).toContain(`${segment(4)} was archived 2 times with different content`);
  expect(fault?.message).toContain('2026-11-21T02:04:00.000Z and 2026-11-21T02:04:00.000Z');
});

describe('a fork', () => {
  const SPANS = [
    { timeline: 1, begin: 0n },
    { timeline: 2, begin: lsn('0/3000500') },
  ];
  const across = (names: readonly string[], reach: Reach): WalFault | null => {
    const state = archiveState(listingOf(names.map((name) => ({ name }))), SPANS);
    return ownWalFault({ state, backup: BACKUP, sets: [BACKUP], reach });
  };

  test.each([
    ['with the segment of both timelines', [segment(2), segment(3), segment(3, 2)]],
    ['with that of the newer one alone', [segment(2), segment(3, 2)]],
  ])('in the last segment of the backup, %s, is no gap', (_, names) => {
    expect(across(names, { kind: 'end' })).toBeNull();
  });

  test.each<[string, Reach, string | null]>([
    ['the end', { kind: 'end' }, segment(3, 2)],
    ['an LSN after it', { kind: 'position', lsn: lsn('0/3000600') }, segment(3, 2)],
    ['an LSN before it', { kind: 'position', lsn: lsn('0/3000400') }, null],
    ['the end of the backup', { kind: 'backup' }, null],
  ])('whose newer segment is not there is a gap for %s', (_, reach, missing) => {
    expect(across([segment(2), segment(3)], reach)?.missing ?? null).toBe(missing);
  });
});
