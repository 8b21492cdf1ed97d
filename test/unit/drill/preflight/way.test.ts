import { expect, test } from 'vitest';
import { kindOf } from '../../../../src/targets/index.ts';
import { findWays, type Wanted } from '../../../../src/drill/preflight/way.ts';
import type { TimelineHistory } from '../../../../src/pgbackrest/histories.ts';
import type { RecoveryTarget } from '../../../../src/targets/index.ts';
import { listingOf } from '../../../fixtures/archive-listing.ts';
import { backupSet, lsn, segment } from '../../../fixtures/facts.ts';

const BEFORE = backupSet({ label: 'before' });
const AFTER = backupSet({ label: 'after', lsnStop: lsn('0/6000100'), walStart: segment(6), walStop: segment(6) });
const OF_2 = backupSet({ label: 'of 2', lsnStop: lsn('0/5000100'), walStart: segment(5, 2), walStop: segment(5, 2) });
const OFFLINE = backupSet({ label: 'offline', lsnStart: null, lsnStop: null, walStart: null, walStop: null });
const HISTORIES: Readonly<Record<number, TimelineHistory>> = {
  2: { forks: [{ timeline: 1, switchLsn: lsn('0/4000000') }], archivedAt: null },
};

const offline = (target: RecoveryTarget): Wanted['leadsOffline'] => kindOf(target).leadsOffline;

async function waysOf(differences: Partial<Wanted>): Promise<Record<string, string>> {
  const wanted: Wanted = {
    leadsOffline: offline({ type: 'latest' }),
    choice: 'latest',
    listing: listingOf(
      [{ name: segment(2), archivedAt: new Date('2026-11-21T01:59:10Z') }],
      Object.keys(HISTORIES).map(Number),
    ),
    segmentBytes: 16 * 1024 * 1024,
    sets: [BEFORE, AFTER, OF_2],
    ...differences,
  };
  const of = (timeline: number): Promise<TimelineHistory> => {
    const history = HISTORIES[timeline];
    return history ? Promise.resolve(history) : Promise.reject(new Error(`no history of ${timeline}`));
  };
  const ways = await findWays(wanted, { of });
  return Object.fromEntries(
    [...ways].map(([label, way]) => [label, way.open ? way.spans.map(({ timeline }) => timeline).join('-') : way.why]),
  );
}

test('the newest timeline leads through sets of before the fork, and through its own', async () => {
  expect(await waysOf({})).toEqual({
    before: '1-2',
    after: 'timeline 2 leaves timeline 1 at LSN 0/4000000, before the set ended at LSN 0/6000100',
    'of 2': '2',
  });
});

test('an older timeline leads through its own sets alone', async () => {
  expect(await waysOf({ choice: 1 })).toEqual({
    before: '1',
    after: '1',
    'of 2': 'it is of timeline 2, which does not lead to timeline 1',
  });
});

test('each set leads along its own timeline', async () => {
  expect(await waysOf({ choice: 'current' })).toEqual({ before: '1', after: '1', 'of 2': '2' });
});

test('a timeline that is nowhere is told of, with those that there are', async () => {
  expect((await waysOf({ choice: 7 }))['after']).toBe(
    'the archive holds nothing of timeline 7; it holds timeline 1, 2',
  );
});

test.each<[string, Partial<Wanted>, string]>([
  ['to its own end', { leadsOffline: offline({ type: 'immediate' }) }, ''],
  ['to the end of an archive without WAL', { listing: listingOf([]) }, ''],
  ['to the end of an archive that ends before it', {}, ''],
  [
    'no further',
    { listing: listingOf([{ name: segment(2), archivedAt: new Date('2026-11-21T02:00:00Z') }]) },
    'it was taken offline, so it leads to its own end alone (--target-immediate)',
  ],
  [
    'to no time',
    { leadsOffline: offline({ type: 'time', instant: 0n, asTyped: '' }) },
    'it was taken offline, so it leads to its own end alone (--target-immediate)',
  ],
])('a set that was taken offline leads %s', async (_, differences, way) => {
  expect(await waysOf({ ...differences, sets: [OFFLINE] })).toEqual({ offline: way });
});
