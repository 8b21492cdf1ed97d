import { expect, test } from 'vitest';
import { soonMissed } from '../../../../src/drill/judge/soon-missed.ts';
import type { Measured } from '../../../../src/forecast/forecast.ts';

const GB = 1024 ** 3;
const DAY = 86_400_000;

/** Runs of a cluster that grows by 50 GB in 30 days, restored at 100 MB/s. */
const RUNS = [100, 150, 200].map((gb, index): Measured => ({
  runId: `run-${index}`,
  at: Date.UTC(2026, 0, 1) + index * 30 * DAY,
  restoredBytes: gb * GB,
  walBytes: 0,
  provisionMs: 0,
  restoreMs: gb * 10_240,
  recoverMs: 1000,
  conditions: '',
}));
/** Missed 30 days after the last run. */
const RTO_MS = 1000 + 249.9 * 10_240;

test('an objective that breaks within the time that was asked for is a warning, with the day', () => {
  expect(soonMissed(RUNS, { rtoMs: RTO_MS, forecastMs: 31 * DAY })).toMatchObject({
    code: 'rto-forecast-missed',
    message: expect.stringMatching(
      /^at this growth, 50\.0 GB in 30 days, the RTO objective of .* is missed from about 2026-04-01 on$/,
    ),
  });
});

test.each([
  ['later', RUNS, RTO_MS, 29 * DAY],
  ['beyond what can be foretold', RUNS, 100 * RTO_MS, 9999 * DAY],
  ['of two runs', RUNS.slice(1), RTO_MS, 9999 * DAY],
])('nothing is said %s', (_, runs, rtoMs, forecastMs) => {
  expect(soonMissed(runs, { rtoMs, forecastMs })).toBeNull();
});
