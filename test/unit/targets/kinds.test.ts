import { describe, expect, test } from 'vitest';
import { kindOf, plannedKindOf, targetText } from '../../../src/targets/index.ts';
import type { PlannedTarget, RecoveryTarget } from '../../../src/targets/index.ts';
import { archiveState } from '../../fixtures/preflight.ts';
import { listingOf } from '../../fixtures/archive-listing.ts';
import { drillErrorOf } from '../../fixtures/errors.ts';
import { backupSet, instant, lsn, segment } from '../../fixtures/facts.ts';

const MB = 1024 * 1024;
const time = (text: string, asTyped = text): PlannedTarget & { type: 'time' } => ({
  type: 'time',
  instant: instant(`${text}+00`),
  asTyped,
});
const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 21, 3, minute));
const RANDOM = { type: 'random', withinMs: 3_600_000 } as const;

test.each<[PlannedTarget, string, string | null]>([
  [{ type: 'latest' }, 'the end of the archive', null],
  [{ type: 'standby' }, 'the end of the archive, as a standby', null],
  [{ type: 'immediate' }, 'the end of the backup', null],
  [time('2026-11-21 02:30:00'), '2026-11-21T02:30:00.000Z', '2026-11-21T02:30:00.000Z'],
  [{ type: 'lsn', lsn: lsn('1/2A') }, 'LSN 1/2A', '1/2A'],
  [{ type: 'lsn', lsn: lsn('1/2A'), lastCommitIn: segment(7) }, `the last commit in WAL segment ${segment(7)}`, '1/2A'],
  [{ type: 'xid', xid: '0725' }, 'transaction 0725', '0725'],
  [{ type: 'name', name: 'rp1' }, 'restore point "rp1"', 'rp1'],
  [RANDOM, 'a random position', null],
  [
    {
      type: 'ladder',
      rungs: [
        { type: 'xid', xid: '725' },
        { type: 'lsn', lsn: 42n },
      ],
    },
    '2 targets: transaction 725, LSN 0/2A',
    '725, 0/2A',
  ],
])('%o is called %s, and %s in a report', (target, text, value) => {
  expect(targetText(target)).toBe(text);
  expect(plannedKindOf(target).value).toBe(value);
});

test.each<[RecoveryTarget, object]>([
  [{ type: 'latest' }, { kind: 'end' }],
  [{ type: 'standby' }, { kind: 'end' }],
  [{ type: 'immediate' }, { kind: 'backup' }],
  [time('2026-11-21 02:30:00'), { kind: 'moment', at: new Date('2026-11-21T02:30:00Z') }],
  [
    { type: 'lsn', lsn: 42n },
    { kind: 'position', lsn: 42n },
  ],
  [{ type: 'xid', xid: '725' }, { kind: 'end' }],
  [{ type: 'name', name: 'rp1' }, { kind: 'end' }],
])('a recovery to %o goes to %o', (target, reach) => {
  expect(kindOf(target).reach(null)).toEqual(reach);
});

test('a recovery to a record that was looked for goes to where it was found', () => {
  expect(kindOf({ type: 'xid', xid: '725' }).reach(7n)).toEqual({ kind: 'position', lsn: 7n });
});

describe('what a person named', () => {
  const set = backupSet({ stoppedAt: new Date('2026-11-21T02:00:00Z'), lsnStop: lsn('0/3000100') });

  test.each<[PlannedTarget, boolean]>([
    [time('2026-11-21 02:00:01'), true],
    [time('2026-11-21 02:00:00'), false],
    [{ type: 'lsn', lsn: lsn('0/3000100') }, true],
    [{ type: 'lsn', lsn: lsn('0/3000099') }, false],
  ])('%o: that a set leads there is %s', (target, expected) => {
    expect(plannedKindOf(target).namedPlace?.(set)).toBe(expected);
  });

  test.each<PlannedTarget>([
    time('2026-11-21 02:00:00', '-30d'),
    { type: 'latest' },
    { type: 'xid', xid: '725' },
    RANDOM,
  ])('%o is no moment and no position', (target) => {
    expect(plannedKindOf(target).namedPlace).toBeNull();
  });
});

describe('the archive ends before the target', () => {
  const end = { last: segment(4), newestAt: new Date('2026-11-21T03:00:00Z'), segmentBytes: 16 * MB };

  test.each<[RecoveryTarget, boolean]>([
    [{ type: 'lsn', lsn: lsn('0/5000000') }, true],
    [{ type: 'lsn', lsn: lsn('0/4FFFFFF') }, false],
    [time('2026-11-21 03:10:01'), true],
    [time('2026-11-21 03:10:00'), false],
    [{ type: 'latest' }, false],
    [{ type: 'name', name: 'rp1' }, false],
  ])('%o: %s', (target, expected) => {
    expect(kindOf(target).unreachable(end) !== null).toBe(expected);
  });
});

describe('a random target', () => {
  const archive = archiveState(
    listingOf([2, 3, 4].map((number) => ({ name: segment(number), archivedAt: at(number) }))),
  );
  const places = (seed: string, now: Date): Parameters<ReturnType<typeof plannedKindOf>['resolve']>[0] => ({
    backups: [backupSet({ walStop: segment(2) })],
    follow: () => archive,
    now,
    seed,
  });

  test.each([
    ['a', '0/3000000'],
    ['g', '0/4000000'],
  ])('becomes the beginning of a segment after the backup: the seed %s gives %s', (seed, expected) => {
    expect(plannedKindOf(RANDOM).resolve(places(seed, at(5)))).toEqual({ type: 'lsn', lsn: lsn(expected) });
  });

  test('has to lie inside its window', () => {
    const late = places('a', new Date('2026-11-22T00:00:00Z'));
    expect(drillErrorOf(() => plannedKindOf(RANDOM).resolve(late)).code).toBe('target-not-found');
  });
});
