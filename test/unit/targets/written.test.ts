import { describe, expect, test } from 'vitest';
import { kindOf, type RecoveryTarget } from '../../../src/targets/index.ts';
import { recoveryFacts, backupSet, instant, lsn, segment } from '../../fixtures/facts.ts';
import { planOf, problemsOf } from '../../fixtures/plans.ts';

const planTo = (target: string): string => `name: x\nsource: { stanza: main }\ntarget: ${target}\n`;

test.each<[string, object]>([
  ['{ xid: 3 }', { type: 'xid', xid: '3' }],
  ['{ xid: 42 }', { type: 'xid', xid: '42' }],
  ['{ xid: "0009" }', { type: 'xid', xid: '0009' }],
  ['{ xid: "4294967299" }', { type: 'xid', xid: '4294967299' }],
  ['{ xid: "12" }', { type: 'xid', xid: '12' }],
  ['{ lsn: 16/B374D848 }', { type: 'lsn', lsn: lsn('16/B374D848') }],
  [`{ name: ${'x'.repeat(63)} }`, { type: 'name', name: 'x'.repeat(63) }],
  ['immediate', { type: 'immediate' }],
  ['{ immediate: true }', { type: 'immediate' }],
  [
    '{ time: "2026-11-21T12:00:00Z" }',
    { type: 'time', instant: instant('2026-11-21 12:00:00+00'), asTyped: '2026-11-21T12:00:00Z' },
  ],
])('%s is the target %o', (written, target) => {
  expect(planOf(planTo(written)).target).toEqual(target);
});

test.each([
  ['{ xid: 2 }', 'is at least 3'],
  ['{ xid: "2" }', '"2" is no transaction id'],
  ['{ xid: "x7" }', '"x7" is no transaction id'],
  ['{ xid: "7x" }', '"7x" is no transaction id'],
  ['{ xid: "" }', 'is no transaction id'],
  ['{ lsn: 3000148 }', ''],
  ['{ lsn: "0/G" }', '"0/G" is no LSN; write it as PostgreSQL does'],
  ['{ name: "" }', ''],
  [`{ name: ${'x'.repeat(64)} }`, ''],
  ['{ time: soon }', '"soon" is no time'],
  ['{ time: "2026-11-21 12:00:01+00" }', 'lies in the future'],
  ['{ immediate: false }', ''],
])('%s is refused: %s', (written, words) => {
  const problems = problemsOf(planTo(written));
  expect(problems.length).toBeGreaterThan(0);
  expect(problems.map(({ message }) => message).join()).toContain(words);
});

describe('a backup set leads to a time from the second on after which it stopped, as pgBackRest counts', () => {
  const target = { type: 'time', instant: instant('2026-11-21 02:00:01.9+00'), asTyped: '' } as const;
  test.each([
    ['2026-11-21T02:00:00Z', true],
    ['2026-11-21T02:00:01Z', false],
    ['2026-11-21T02:00:02Z', false],
  ])('one that stopped at %s: %s', (stoppedAt, expected) => {
    expect(kindOf(target).leadsTo(backupSet({ stoppedAt: new Date(stoppedAt) }), null)).toBe(expected);
  });
});

test.each<RecoveryTarget>([
  { type: 'lsn', lsn: 1n },
  { type: 'xid', xid: '7' },
  { type: 'name', name: 'x' },
  { type: 'time', instant: 1n, asTyped: '' },
])('at %o PostgreSQL stops and promotes, and a set that was taken offline does not lead there', (target) => {
  const kind = kindOf(target);
  expect([kind.staysInRecovery, kind.leadsOffline(true), kind.goesToTheEnd]).toEqual([false, false, false]);
  expect(kind.resolve({} as never)).toBe(target);
  expect(kind.restoreOptions('latest')).toContain('--target-action=promote');
  expect(kind.endedShort(recoveryFacts(), null)).toBeNull();
});

test('a set leads to its own end, offline or not, on its own timeline', () => {
  const kind = kindOf({ type: 'immediate' });
  expect([kind.leadsOffline(false), kind.leadsTo(backupSet(), null), kind.staysInRecovery]).toEqual([
    true,
    true,
    false,
  ]);
  expect(kind.restoreOptions('latest')).toEqual(['--type=immediate', '--target-action=promote']);
});

describe('a time that was not reached', () => {
  const AT = instant('2026-11-21 02:00:00+00');
  const kind = kindOf({ type: 'time', instant: AT, asTyped: '' });
  const facts = recoveryFacts({ lastCommitAt: AT - 1_000_000n, redoDoneLsn: lsn('0/3000100') });

  test('in WAL that was archived at that moment or later: production was idle', () => {
    const error = kind.endedShort(facts, new Date('2026-11-21T02:00:00Z'));
    expect(error?.message).toContain('production committed nothing between');
    expect(error?.hint).toContain('or recover to its last record with --target-lsn 0/3000100');
    expect(kind.endedShort({ ...facts, redoDoneLsn: null }, new Date('2026-11-21T02:00:00Z'))?.hint).not.toContain(
      '--target-lsn',
    );
  });

  test('in WAL that was archived before: the archive ends there', () => {
    const error = kind.endedShort(facts, new Date('2026-11-21T01:59:59.999Z'));
    expect(error?.message).toContain('the archive ends before');
    expect(error?.hint).not.toBeNull();
  });

  test('is not explained where no commit or no WAL is known', () => {
    expect(kind.endedShort({ ...facts, lastCommitAt: null }, new Date('2026-11-21T02:00:00Z'))).toBeNull();
    expect(kind.endedShort(facts, null)).toBeNull();
  });

  test('is not called unreachable before the restore where the archive has no times', () => {
    const end = { last: segment(4), newestAt: null, segmentBytes: 16 * 1024 * 1024 };
    expect(kind.unreachable(end)).toBeNull();
    expect(kind.unreachable({ ...end, newestAt: new Date(0) })?.hint).not.toBeNull();
  });
});

test('a position is not called unreachable in an archive that is not empty by its last name alone', () => {
  const kind = kindOf({ type: 'lsn', lsn: lsn('0/5000000') });
  const error = kind.unreachable({ last: segment(4), newestAt: null, segmentBytes: 16 * 1024 * 1024 });
  expect(error?.hint).toContain('earlier target');
  expect(kind.unreachable({ last: '', newestAt: null, segmentBytes: 16 * 1024 * 1024 })?.code).toBe(
    'target-unreachable',
  );
});

test('the words for a record that is not found', () => {
  const name = kindOf({ type: 'name', name: 'before-upgrade' }).record;
  expect(name?.wanted).toEqual({ name: 'before-upgrade' });
  expect(name?.didYouMean(['before-upgrad'])).toContain('before-upgrad');
  const xid = kindOf({ type: 'xid', xid: '7' }).record;
  expect([xid?.wanted, xid?.didYouMean(['8'])]).toEqual([{ xid: '7' }, '']);
});
