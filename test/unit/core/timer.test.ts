import { expect, test } from 'vitest';
import { abortAfter, timerMs } from '../../../src/core/timer.ts';
import { parseDurationMs } from '../../../src/core/duration.ts';

test.each([
  ['30s', 30_000],
  ['24d', 2_073_600_000],
  ['25d', 2_147_483_647],
  ['52w', 2_147_483_647],
])('a timer of %s waits for %i ms', (text, ms) => {
  expect(timerMs(parseDurationMs(text) ?? 0)).toBe(ms);
});

test('a duration of less than nothing has passed', () => {
  expect(timerMs(-5)).toBe(0);
});

test('what is to end after 60 days has not ended after a moment', async () => {
  const signal = abortAfter(60 * 86_400_000);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(signal.aborted).toBe(false);
});
