import { expect, test } from 'vitest';
import { proveRung } from '../../../../src/drill/ladder/prove-rung.ts';
import type { Rung } from '../../../../src/drill/ladder/rung.ts';
import type { Standing } from '../../../../src/drill/recover/gated-replay.ts';
import { drillErrorOf } from '../../../fixtures/errors.ts';
import { instant, lsn } from '../../../fixtures/facts.ts';

const ENDED = instant('2026-11-21 02:00:00.0001+00');
const rung: Rung = {
  target: { type: 'time', instant: ENDED, asTyped: '' },
  gate: lsn('0/5002018'),
  lastCommit: null,
  lastEndedAt: ENDED,
  nextCommit: null,
};
const standing: Standing = { gate: rung.gate, replayedTo: lsn('0/5002000'), lastEndedAt: ENDED };

test('where the list of all transactions and the server say the same, a target is reached', () => {
  expect(proveRung(rung, standing)).toContain('replay stood at LSN 0/5002000');
  const none = { ...rung, lastEndedAt: null };
  expect(proveRung(none, { ...standing, lastEndedAt: null })).toContain('at no time since the backup began');
});

test.each<[string, Partial<Standing>]>([
  ['the gate is another', { gate: lsn('0/5002048') }],
  ['the server replayed a later transaction', { lastEndedAt: ENDED + 1n }],
  ['the server replayed none', { lastEndedAt: null }],
])('it is not when %s', (_, differences) => {
  expect(drillErrorOf(() => proveRung(rung, { ...standing, ...differences })).code).toBe('target-unproven');
});
