import { expect, test } from 'vitest';
import { isBehind, neededUntil } from '../../../../src/drill/recover/prove-wal.ts';
import { parseStop } from '../../../../src/postgres/recovery-log.ts';
import { lsn, recoveryFacts, segment } from '../../../fixtures/facts.ts';

const BEFORE = 'recovery stopping before commit of transaction 7, time 2026-11-21 02:00:00+00';
const AFTER = 'recovery stopping after commit of transaction 7, time 2026-11-21 02:00:00+00';
const SEGMENT_BYTES = 16 * 1024 * 1024;

test.each([
  ['after a record: to its end', AFTER, '0/3FFFFE0', '0/4000010', '0/4000010'],
  ['before a record: that record bears on it too', BEFORE, '0/4000028', '0/4000000', '0/4000029'],
  ['before a record right behind the last one', BEFORE, '0/3000100', '0/3000100', '0/3000101'],
])('the WAL that a stop rests on goes %s', (_, stop, redoDone, replayedTo, expected) => {
  const facts = recoveryFacts({ stop: parseStop(stop), redoDoneLsn: lsn(redoDone) });
  expect(neededUntil(facts, lsn(replayedTo))).toBe(lsn(expected));
});

test('without a stop it is all that was delivered', () => {
  expect(neededUntil(recoveryFacts({ redoDoneLsn: lsn('0/4000028') }), lsn('0/4000060'))).toBeNull();
  expect(neededUntil(recoveryFacts({ stop: parseStop(AFTER) }), lsn('0/4000060'))).toBeNull();
});

test.each([
  [segment(4), '0/4000000', true],
  [segment(4), '0/4000001', false],
  [segment(3), '0/4000000', false],
  [segment(5, 2), '0/4000001', true],
  ['00000002.history', '0/4000000', false],
  [segment(9), null, false],
])('%s lies behind %s: %s', (name, until, expected) => {
  expect(isBehind(name, until === null ? null : lsn(until), SEGMENT_BYTES)).toBe(expected);
});
