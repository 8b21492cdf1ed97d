import { expect, test } from 'vitest';
import { standingOfSelfTests } from '../../../src/store/self-test-standing.ts';

type Told = Parameters<typeof standingOfSelfTests>[0][number];

function tested(day: number, outcome: Told['outcome'], others: Partial<Told> = {}): Told {
  return {
    outcome,
    isWhole: true,
    startedAt: `2026-11-0${day}T03:00:00.000Z`,
    pgdrill: '1.0.0',
    postgres: '15.20',
    pgbackrest: '2.45',
    host: 'db2',
    faults: [{ fault: 'failing-check', repository: 'own', result: 'caught', blames: 'pgdrill' }],
    ...others,
  };
}

const missed = (blames: 'pgdrill' | 'plan'): Partial<Told> => ({
  faults: [{ fault: 'one', repository: 'own', result: 'missed', blames }],
});

test.each<[string, Told[], string | null, RegExp]>([
  ['nothing', [], null, /^$/],
  ['only some faults', [tested(1, 'passed', { isWhole: false })], null, /^$/],
  [
    'passed',
    [tested(1, 'inconclusive'), tested(2, 'passed')],
    'good',
    /^This runner was shown to fail when it must on 2026-11-02 03:00:00 UTC, on db2, with pgdrill 1.0.0, PostgreSQL 15.20, pgBackRest 2.45: 1 of 1 faults were caught\.$/,
  ],
  ['by an older version', [tested(1, 'passed', { pgdrill: '0.9.0' })], 'warning', /another version .* this is 1\.0\.0/],
  ['no answer since', [tested(1, 'passed'), tested(2, 'inconclusive')], 'warning', /shown .* was inconclusive\.$/],
  ['never passed', [tested(1, 'cancelled')], 'warning', /was cancelled, and none has passed\.$/],
  ['missed', [tested(1, 'passed'), tested(2, 'failed', missed('pgdrill'))], 'bad', /can be relied on\.$/],
  ['missed, of some', [tested(2, 'failed', { ...missed('pgdrill'), isWhole: false })], 'bad', /can be relied on\.$/],
  ['blind checks', [tested(2, 'failed', missed('plan'))], 'bad', /The checks of that plan cannot fail\.$/],
  ['mended', [tested(1, 'failed', missed('pgdrill')), tested(2, 'passed')], 'good', /shown to fail/],
])('%s', (_, tests, tone, words) => {
  const standing = standingOfSelfTests(tests, '1.0.0');
  expect(standing?.tone ?? null).toBe(tone);
  expect(standing?.words ?? '').toMatch(words);
});
