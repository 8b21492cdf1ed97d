import { describe, expect, test } from 'vitest';
import { chooseBackup } from '../../../../src/drill/preflight/choose-backup.ts';
import { targetText } from '../../../../src/targets/index.ts';
import type { BackupSet } from '../../../../src/pgbackrest/info.ts';
import type { ClosedWay, Way } from '../../../../src/drill/preflight/way.ts';
import type { RecoveryTarget } from '../../../../src/targets/index.ts';
import { drillErrorOf } from '../../../fixtures/errors.ts';
import { backupSet, instant, lsn } from '../../../fixtures/facts.ts';

const at = (hour: number, minute = 0): Date => new Date(Date.UTC(2026, 10, 21, hour, minute));

const FULL = backupSet({ label: 'full', stoppedAt: at(1), lsnStop: lsn('0/2000100') });
const DIFF = backupSet({ label: 'diff', type: 'diff', stoppedAt: at(2), lsnStop: lsn('0/5000100') });
const INCR = backupSet({ label: 'incr', type: 'incr', stoppedAt: at(3), lsnStop: lsn('0/8000100') });
const SETS = [INCR, FULL, DIFF];

interface Given {
  readonly target?: RecoveryTarget;
  readonly choice?: string;
  readonly targetLsn?: string;
  readonly seed?: string;
  readonly backups?: readonly BackupSet[];
  /** Sets through which no way leads, and why not. */
  readonly closed?: Readonly<Record<string, ClosedWay['because']>>;
}

function options({
  target = { type: 'latest' },
  choice = 'latest',
  targetLsn,
  seed = 'a',
  backups = SETS,
  closed = {},
}: Given): Parameters<typeof chooseBackup>[0] {
  return {
    backups,
    target,
    choice,
    targetLsn: targetLsn === undefined ? null : lsn(targetLsn),
    seed,
    ways: waysOf(closed),
  };
}

function waysOf(closed: NonNullable<Given['closed']>): Map<string, Way> {
  return new Map(
    Object.entries(closed).map(([label, because]) => [label, { open: false, because, why: `${label} is closed` }]),
  );
}

const chosen = (given: Given): string => chooseBackup(options(given)).backup.label;
const refused = (given: Given): string => drillErrorOf(() => chooseBackup(options(given))).code;

function time(text: string): RecoveryTarget {
  return { type: 'time', instant: instant(`2026-11-21 ${text}+00`), asTyped: text };
}

describe('for the end of the archive', () => {
  test.each([
    ['latest', 'a', 'incr'],
    ['oldest', 'a', 'full'],
    ['random', 'a', 'full'],
    ['random', 'c', 'incr'],
    ['random', 'f', 'diff'],
    ['diff', 'a', 'diff'],
  ])('%s (with the seed %s) is %s', (choice, seed, label) => {
    expect(chosen({ choice, seed })).toBe(label);
  });

  test.each(['immediate', 'standby'] as const)('as for %s', (type) => {
    expect(chosen({ target: { type } })).toBe('incr');
  });
});

describe('for a time it is the newest that stopped strictly before, in whole seconds', () => {
  test.each([
    ['09:00:00', 'incr'],
    ['03:00:01', 'incr'],
    ['03:00:00.999999', 'diff'],
    ['03:00:00', 'diff'],
    ['02:59:59', 'diff'],
    ['02:00:00', 'full'],
    ['01:00:01', 'full'],
  ])('%s: %s', (text, label) => {
    expect(chosen({ target: time(text) })).toBe(label);
  });

  test.each(['01:00:00', '01:00:00.5', '00:30:00'])('%s lies before the first', (text) => {
    expect(refused({ target: time(text) })).toBe('target-before-first-backup');
  });

  test('oldest and random choose among those that lead to it', () => {
    expect(chosen({ target: time('02:30:00'), choice: 'oldest' })).toBe('full');
    expect(chosen({ target: time('02:30:00'), choice: 'random', seed: 'f' })).toBe('diff');
  });
});

describe('for an LSN, an xid and a name it is the newest that stopped at or before', () => {
  test.each([
    ['0/9000000', 'incr'],
    ['0/8000100', 'incr'],
    ['0/80000FF', 'diff'],
    ['0/5000100', 'diff'],
    ['0/5000000', 'full'],
    ['0/2000100', 'full'],
  ])('%s: %s', (text, label) => {
    expect(chosen({ target: { type: 'lsn', lsn: lsn(text) } })).toBe(label);
    expect(chosen({ target: { type: 'xid', xid: '7' }, targetLsn: text })).toBe(label);
    expect(chosen({ target: { type: 'name', name: 'rp1' }, targetLsn: text })).toBe(label);
  });

  test('nothing leads to what lies before the first', () => {
    expect(refused({ target: { type: 'lsn', lsn: lsn('0/20000FF') } })).toBe('target-before-first-backup');
    expect(refused({ target: { type: 'name', name: 'x' }, targetLsn: '0/1000000' })).toBe('target-before-first-backup');
  });

  test('a backup taken offline has no LSN, and leads nowhere certain', () => {
    const offline = backupSet({ label: 'offline', stoppedAt: at(4), lsnStop: null });
    expect(chosen({ target: { type: 'lsn', lsn: lsn('0/9000000') }, backups: [...SETS, offline] })).toBe('incr');
  });
});

describe('a label', () => {
  test('that leads to the target is taken', () => {
    expect(chosen({ target: time('09:00:00'), choice: 'full' })).toBe('full');
  });

  test('that stopped after the target is refused', () => {
    expect(refused({ target: time('02:30:00'), choice: 'incr' })).toBe('target-before-first-backup');
  });

  test('that is not there is refused, with those that are', () => {
    const error = drillErrorOf(() => chooseBackup(options({ choice: '20200101-000000F' })));
    expect(error.code).toBe('backup-set-not-found');
    expect(error.hint).toBe('it holds: full, diff, incr');
  });
});

describe('a set through which the timeline that is wanted does not lead', () => {
  const closed = { incr: 'other-branch' } as const;

  test('is skipped, and it is said why', () => {
    const { backup, skipped } = chooseBackup(options({ closed }));
    expect(backup.label).toBe('diff');
    expect(skipped).toEqual([{ label: 'incr', why: 'incr is closed' }]);
  });

  test.each<Given & { name: string }>([
    { name: 'a time', target: time('09:00:00') },
    { name: 'an LSN', target: { type: 'lsn', lsn: lsn('0/9000000') } },
    { name: 'a name', target: { type: 'name', name: 'x' }, targetLsn: '0/9000000' },
    { name: 'immediate', target: { type: 'immediate' } },
    { name: 'standby', target: { type: 'standby' } },
    { name: 'a random set', choice: 'random', seed: 'f' },
  ])('is skipped for $name', (given) => {
    expect(chosen({ ...given, closed })).toBe('diff');
  });

  test('is not told of where it would not have been taken', () => {
    expect(chooseBackup(options({ closed: { full: 'other-branch' } })).skipped).toEqual([]);
    expect(chooseBackup(options({ target: time('02:30:00'), closed })).skipped).toEqual([]);
  });

  test('is refused when it is named', () => {
    const error = drillErrorOf(() => chooseBackup(options({ choice: 'incr', closed })));
    expect(error.code).toBe('timeline-mismatch');
    expect(error.message).toContain('incr is closed');
  });

  test('is no way out when it is the last', () => {
    const all = { full: 'other-branch', diff: 'other-branch', incr: 'offline' } as const;
    const error = drillErrorOf(() => chooseBackup(options({ closed: all })));
    expect(error.code).toBe('timeline-mismatch');
    expect(error.message).toContain('incr: incr is closed; diff: diff is closed; full: full is closed');
  });

  test('says that the timeline is not there at all, once', () => {
    const all = { full: 'no-such-timeline', diff: 'no-such-timeline', incr: 'no-such-timeline' } as const;
    const error = drillErrorOf(() => chooseBackup(options({ closed: all })));
    expect([error.code, error.message]).toEqual(['timeline-mismatch', 'incr is closed']);
  });

  test('is of no cluster that was running when all were taken offline', () => {
    expect(refused({ closed: { full: 'offline', diff: 'offline', incr: 'offline' } })).toBe('backup-set-not-found');
  });
});

test('of no backups none is chosen', () => {
  expect(refused({ backups: [] })).toBe('backup-set-not-found');
});

test('the target is told in words with its UTC reading', () => {
  expect(targetText(time('02:30:00'))).toBe('2026-11-21T02:30:00.000Z');
  expect(targetText({ type: 'name', name: 'rp1' }, lsn('0/1000000'))).toBe('restore point "rp1" at LSN 0/1000000');
});
