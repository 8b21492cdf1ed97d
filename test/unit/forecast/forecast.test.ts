import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { forecastOf, type Forecast, type Measured } from '../../../src/forecast/forecast.ts';
import { fitted } from '../../../src/forecast/line-fit.ts';
import { growthOf, whenMissed } from '../../../src/forecast/growth.ts';

const GB = 1024 ** 3;
const DAY = 86_400_000;
const JANUARY = Date.UTC(2026, 0, 1);

/** A run of a cluster that restores 100 MB/s after 5 s, and replays 50 MB/s. */
function run(index: number, restoredGb: number, walGb = 1, more: Partial<Measured> = {}): Measured {
  return {
    runId: `run-${index}`,
    at: JANUARY + index * 30 * DAY,
    restoredBytes: restoredGb * GB,
    walBytes: walGb * GB,
    provisionMs: 1000,
    restoreMs: 5000 + restoredGb * 10_240,
    recoverMs: walGb * 20_480,
    conditions: 'shared_buffers 128MB',
    ...more,
  };
}

function made(found: ReturnType<typeof forecastOf>): Forecast {
  if ('why' in found) throw new Error(found.why);
  return found.forecast;
}

describe('a forecast', () => {
  test('of a line that was measured is that line, from 30 % below to 30 % above', () => {
    const runs = [run(0, 100, 1), run(1, 150, 2), run(2, 200, 3)];
    const { rtoMs, betweenMs, margin, heldOut, restsOn } = made(
      forecastOf(runs, { restoredBytes: 300 * GB, walBytes: 4 * GB }),
    );
    expect(rtoMs).toBeCloseTo(1000 + 5000 + 300 * 10_240 + 4 * 20_480, 3);
    expect(margin).toBe(0.3);
    expect(heldOut).toBeCloseTo(0, 6);
    expect(betweenMs).toEqual([expect.closeTo(rtoMs * 0.7, 3), expect.closeTo(rtoMs * 1.3, 3)]);
    expect(restsOn).toEqual(['run-0', 'run-1', 'run-2']);
  });

  test('is as wide as the worst forecast of a run that was left out', () => {
    const runs = [run(0, 100), run(1, 100), run(2, 100), run(3, 100, 1, { restoreMs: 2_000_000 })];
    const { margin, heldOut } = made(forecastOf(runs, { restoredBytes: 100 * GB, walBytes: GB }));
    expect(heldOut).toBeGreaterThan(0.3);
    expect(margin).toBe(heldOut);
  });

  test('of sizes that lie close together grows with the size: it is not too short', () => {
    const runs = [run(0, 100), run(1, 102), run(2, 104)];
    const { phases } = made(forecastOf(runs, { restoredBytes: 200 * GB, walBytes: GB }));
    expect(phases.restore).toBeGreaterThanOrEqual(2 * (runs[0]?.restoreMs ?? 0) * 0.99);
  });

  test.each([
    ['no run', [], 100, 1, /needs 3 passed runs under the same conditions, and there are 0$/],
    ['two runs', [run(0, 100), run(1, 100)], 100, 1, /there are 2$/],
    [
      'a run under other conditions',
      [run(0, 100), run(1, 100), run(2, 100, 1, { conditions: 'shared_buffers 4GB' })],
      100,
      1,
      /there is 1; 2 more were run under other conditions$/,
    ],
    ['twice the data and a byte', [run(0, 100), run(1, 100), run(2, 50)], 201, 1, /201 GB of data is more than twice/],
    ['much WAL', [run(0, 100), run(1, 100), run(2, 50)], 100, 3, /3.0 GB of WAL to replay is more than twice/],
    [
      'runs that have nothing to do with each other',
      [run(0, 100, 1, { restoreMs: 1000 }), run(1, 100, 1, { restoreMs: 9_000_000 }), run(2, 100)],
      100,
      1,
      /do not foretell one another/,
    ],
  ])('is refused for %s', (_, runs, data, wal, why) => {
    expect(forecastOf(runs, { restoredBytes: data * GB, walBytes: wal * GB })).toEqual({
      why: expect.stringMatching(why),
    });
  });
});

test('a fitted line has no negative part, and does not fall as the work grows', () => {
  const points = fc.array(fc.record({ work: fc.nat(1_000_000), ms: fc.nat(1_000_000) }), {
    minLength: 1,
    maxLength: 9,
  });
  fc.assert(
    fc.property(points, fc.nat(1_000_000), fc.nat(1_000_000), (measured, work, more) => {
      const at = fitted(measured);
      const [here, there] = [at?.(work) ?? -1, at?.(work + more) ?? -1];
      expect(here).toBeGreaterThanOrEqual(0);
      expect(there).toBeGreaterThanOrEqual(here);
    }),
    { seed: 20261129 },
  );
});

test('nothing measured foretells nothing', () => {
  expect(fitted([])).toBeNull();
});

describe('growth', () => {
  test('is the middle one: an odd run moves nothing', () => {
    const runs = [run(0, 100), run(1, 110), run(2, 400), run(3, 130), run(4, 140)];
    expect((growthOf(runs)?.bytesPerDay ?? 0) / GB).toBeCloseTo(1 / 3, 6);
  });

  test('is not told of runs within a month', () => {
    const runs = [0, 1, 2].map((day) => run(0, 100 + day, 1, { at: JANUARY + day * DAY }));
    expect(growthOf(runs)).toBeNull();
    expect(whenMissed(runs, 1)).toEqual({ why: expect.stringContaining('30 days') });
  });
});

const rtoOf = (gb: number): number => 1000 + 5000 + gb * 10_240 + 20_480;

describe('an objective', () => {
  const runs = [run(0, 100), run(1, 150), run(2, 200)];

  test('is missed on the first day on which the forecast is above it', () => {
    // The data grow by 50 GB in 30 days; the last run was of 200 GB.
    const found = whenMissed(runs, rtoOf(290));
    expect(found).toEqual({ at: JANUARY + 60 * DAY + 55 * DAY });
  });

  test('is missed already', () => {
    expect(whenMissed(runs, rtoOf(199))).toEqual({ at: JANUARY + 60 * DAY });
  });

  test('holds as far as the forecast reaches', () => {
    expect(whenMissed(runs, rtoOf(1000))).toEqual({ holdsUntil: JANUARY + 60 * DAY + 120 * DAY });
  });

  test('holds where nothing grows', () => {
    expect(whenMissed([run(0, 100), run(1, 100), run(2, 100)], rtoOf(200))).toEqual({ holdsUntil: null });
  });
});
