import { expect, test } from 'vitest';
import { orderedReasons } from '../../../src/report/document/reasons.ts';
import { sampleReason } from '../../fixtures/sample-report.ts';

const codes = (...all: readonly [code: string, message: string][]): string[] =>
  orderedReasons(all.map(([code, message]) => sampleReason({ code, message }))).map(({ code }) => code);

test('what made the verdict comes first: a failure before what is inconclusive, a warning last', () => {
  expect(
    codes(
      ['check-warning', 'a'],
      ['heartbeat-unusable', 'b'],
      ['check-failed', 'c'],
      ['cancelled', 'd'],
      ['rto-missed', 'e'],
    ),
  ).toEqual(['cancelled', 'check-failed', 'rto-missed', 'heartbeat-unusable', 'check-warning']);
});

test('that a check was skipped is said once', () => {
  expect(codes(['heartbeat-unusable', 'a: stopped'], ['check-skipped', 'a: stopped'])).toEqual(['heartbeat-unusable']);
  // Not in favour of a warning, and not where it says something else.
  expect(codes(['check-warning', 'a: stopped'], ['check-skipped', 'a: stopped'])).toContain('check-skipped');
  expect(codes(['heartbeat-unusable', 'a: stopped'], ['check-skipped', 'b: stopped'])).toContain('check-skipped');
  expect(codes(['check-skipped', 'a'], ['check-skipped', 'a'])).toHaveLength(2);
});
