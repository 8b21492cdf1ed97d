import { describe, expect, test } from 'vitest';
import { figuresOf, regressionOf } from '../../../../src/drill/judge/regression.ts';
import type { RunFigures } from '../../../../src/store/earlier-run.ts';
import { runEndedIn, sampleReport } from '../../../fixtures/sample-report.ts';

const LIMIT = { percent: 40, runs: 6 };
const GB = 1_000_000_000;

/** Seconds of provision, restore and recover; gigabytes of data and of WAL. */
function run(provision: number, restore: number, recover: number, data: number | null, wal: number | null): RunFigures {
  return {
    rtoMs: (provision + restore + recover) * 1000,
    phases: { preflight: 500, provision: provision * 1000, restore: restore * 1000, recover: recover * 1000 },
    restoredBytes: data === null ? null : data * GB,
    walBytes: wal === null ? null : wal * GB,
  };
}

const USUAL = run(8, 400, 120, 100, 10);
const usually = (count: number, like: RunFigures = USUAL): RunFigures[] => Array.from({ length: count }, () => like);

describe('a run says nothing of those before it', () => {
  test.each<[string, RunFigures, RunFigures[]]>([
    ['where it is as they are', USUAL, usually(6)],
    ['where it is faster', run(8, 100, 60, 100, 10), usually(6)],
    ['where there are only two', run(8, 4000, 120, 100, 10), usually(2)],
    ['where there are none', USUAL, []],
    ['up to the threshold', run(8, 611, 120, 100, 10), usually(6)],
    ['where the data grew as much as the time', run(8, 800, 120, 200, 10), usually(6)],
    ['where there is as much more WAL to replay', run(8, 400, 480, 100, 40), usually(6)],
    ['where it is small, and a few seconds slower', run(0, 5, 1, 1, 0), usually(6, run(0, 1, 1, 1, 0))],
    [
      'where most of those before it were as slow',
      run(8, 700, 120, 100, 10),
      [...usually(2), ...usually(4, run(8, 700, 120, 100, 10))],
    ],
  ])('%s', (_, now, before) => {
    expect(regressionOf(now, before, LIMIT)).toBeNull();
  });
});

describe('a run that is slower says by how much, what else changed, and where the time went', () => {
  test.each<[string, RunFigures, RunFigures[], string, string]>([
    [
      'restore',
      run(8, 640, 122, 105, 10),
      usually(6),
      'restore',
      'RTO 12m 50s is 46 % above the median of the last 6 passed runs (8m 48s), while the data grew 5 % and the WAL to replay did not grow; the phase that grew most is restore: 10m 40s instead of 6m 40s',
    ],
    [
      'recover, with less data',
      run(8, 400, 420, 90, 10),
      usually(3),
      'recover',
      'RTO 13m 48s is 57 % above the median of the last 3 passed runs (8m 48s), while the data shrank 10 % and the WAL to replay did not grow; the phase that grew most is recover: 7m 00s instead of 2m 00s',
    ],
    [
      'provision',
      run(300, 400, 120, 100, 10),
      usually(6),
      'provision',
      'the phase that grew most is provision: 5m 00s instead of 8.0 s',
    ],
    [
      'more than the data explain',
      run(8, 1600, 120, 200, 10),
      usually(6),
      'restore',
      'RTO 28m 48s is 227 % above the median of the last 6 passed runs (8m 48s), while the data grew 100 %',
    ],
    [
      'data of which nothing is known',
      run(8, 800, 120, null, null),
      usually(6, run(8, 400, 120, null, null)),
      'restore',
      'passed runs (8m 48s); the phase that grew most is restore',
    ],
    [
      'one fast run and one slow one among those before',
      run(8, 800, 120, 100, 10),
      [...usually(4), run(8, 4000, 120, 100, 10), run(8, 40, 120, 100, 10)],
      'restore',
      'above the median of the last 6 passed runs (8m 48s)',
    ],
  ])('%s', (_, now, before, phase, says) => {
    const found = regressionOf(now, before, LIMIT);
    expect(found).toMatchObject({ code: 'rto-regression', phase });
    expect(found?.message).toContain(says);
    expect(found?.hint).not.toBeNull();
  });

  test('the threshold is that of the plan', () => {
    const now = run(8, 500, 120, 100, 10);
    expect(regressionOf(now, usually(6), { ...LIMIT, percent: 10 })?.code).toBe('rto-regression');
    expect(regressionOf(now, usually(6), LIMIT)).toBeNull();
  });
});

test('a run without an RTO has no figures', () => {
  expect(figuresOf(runEndedIn('recover'))).toBeNull();
  expect(figuresOf(sampleReport())).toMatchObject({
    rtoMs: 721_000,
    restoredBytes: 48_318_382_080,
    walBytes: 167_772_160,
  });
});
