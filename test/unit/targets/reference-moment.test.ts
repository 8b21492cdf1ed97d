import { expect, test } from 'vitest';
import { kindOf } from '../../../src/targets/index.ts';
import type { RecoveryTarget } from '../../../src/targets/index.ts';
import { instant } from '../../fixtures/facts.ts';
import { parseStop, type RecoveryFacts } from '../../../src/postgres/recovery-log.ts';

const COMMIT = instant('2026-11-21 02:00:00+00');
const at = (text: string): Pick<RecoveryFacts, 'stop' | 'lastCommitAt'> => ({
  stop: parseStop(`recovery stopping ${text}`),
  lastCommitAt: COMMIT,
});

test.each<[string, RecoveryTarget, Pick<RecoveryFacts, 'stop' | 'lastCommitAt'>, string]>([
  ['latest', { type: 'latest' }, { stop: null, lastCommitAt: COMMIT }, '2026-11-21 09:00:00+00'],
  ['standby', { type: 'standby' }, { stop: null, lastCommitAt: null }, '2026-11-21 09:00:00+00'],
  [
    'time',
    { type: 'time', instant: COMMIT + 5n, asTyped: '' },
    at('before commit of transaction 9, time 2026-11-21 03:00:00+00'),
    '2026-11-21 02:00:00.000005+00',
  ],
  [
    'xid',
    { type: 'xid', xid: '9' },
    at('after commit of transaction 9, time 2026-11-21 02:00:00+00'),
    '2026-11-21 02:00:00+00',
  ],
  [
    'name',
    { type: 'name', name: 'x' },
    at('at restore point "x", time 2026-11-21 02:30:00+00'),
    '2026-11-21 02:30:00+00',
  ],
  ['lsn', { type: 'lsn', lsn: 1n }, at('after WAL location (LSN) "0/1"'), '2026-11-21 02:00:00+00'],
  ['immediate', { type: 'immediate' }, at('after reaching consistency'), '2026-11-21 02:00:00+00'],
  [
    'immediate',
    { type: 'immediate' },
    { ...at('after reaching consistency'), lastCommitAt: null },
    '2026-11-21 01:00:00+00',
  ],
  ['immediate', { type: 'immediate' }, { stop: null, lastCommitAt: null }, '2026-11-21 01:00:00+00'],
])('the age of data is counted from the moment of the target: %s', (_, target, facts, expected) => {
  const [backup, startedAt] = [{ stoppedAt: new Date('2026-11-21T01:00:00Z') }, new Date('2026-11-21T09:00:00Z')];
  expect(kindOf(target).referenceMoment({ backup, startedAt, facts })).toBe(instant(expected));
});
