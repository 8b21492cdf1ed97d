import { describe, expect, test } from 'vitest';
import { apart, dateTick, drawOverTime, type OverTime } from '../../../src/site/charts/over-time.ts';
import { drawSigns } from '../../../src/site/charts/signs.ts';
import { thin } from '../../../src/site/charts/thin.ts';
import { DURATION, RATE, SIZE, type Unit } from '../../../src/site/charts/unit.ts';
import { codesOf } from '../../../src/site/runs.ts';
import { parts } from '../../../src/site/parts.ts';
import { rtoChange } from '../../../src/site/trend.ts';
import type { PastRun } from '../../../src/store/past-runs.ts';
import { daysBefore, endedRun, LAST, runsOf } from '../../fixtures/site-data.ts';

const same = (value: number): number => value;

const chart = (objective: number | null, at = [0, 86_400_000]): OverTime => ({
  id: 'rto',
  title: 'RTO',
  description: 'words',
  unit: DURATION,
  points: at.map((time) => ({ at: time, value: 60_000, objective, sign: 'met', series: 'repo 1' })),
  marks: [{ at: 0, sign: 'failed' }],
});

const runs = (values: readonly number[], verdict: PastRun['verdict'] = 'passed') =>
  values.map((measuredMs, index) =>
    endedRun(daysBefore(values.length - index), { verdict, rto: { measuredMs, objectiveMs: null, met: null } }),
  );

describe('thin', () => {
  test.each([
    [[1, 2, 3], 5, [1, 2, 3]],
    [[1, 9, 3, 4], 2, [9, 4]],
    [[5, 1, 1, 7, 2], 2, [5, 7]],
    [[], 2, []],
  ])('%j to at most %i: %j', (items, most, left) => {
    expect(thin(items, most, same)).toEqual(left);
  });
});

describe('parts', () => {
  test.each([
    [0, [0]],
    [3, [3]],
    [4, [3, 1]],
  ])('%i things in threes: %j', (count, sizes) => {
    expect(parts(Array.from({ length: count }), 3).map(({ items }) => items.length)).toEqual(sizes);
  });
});

test('within a minute no time stands twice below a chart', () => {
  const minute = Date.UTC(2026, 10, 28, 3, 4);
  const { text } = drawOverTime({ ...chart(null, [minute, minute + 50_000, minute + 70_000]), marks: [] }).picture;
  for (const picture of text.split('<svg').slice(1)) expect(picture.match(/>03:0\d</g)).toEqual(['>03:04<', '>03:05<']);
});

test('of a failed run the codes that made it fail come first', () => {
  const [run] = runsOf([
    endedRun(LAST, { verdict: 'failed', reasons: ['check-warning', 'heartbeat-unusable', 'check-failed'] }),
  ]);
  expect(run && codesOf(run)).toEqual(['check-failed', 'heartbeat-unusable', 'check-warning']);
});

describe('the marks of an axis', () => {
  test.each<[string, Unit, number, string[]]>([
    ['duration', DURATION, 3_600_000, ['0', '15m', '30m', '45m', '1h']],
    ['duration', DURATION, 4000, ['0', '1 s', '2 s', '3 s', '4 s']],
    ['size', SIZE, 3 * 1024 ** 3, ['0', '1 GB', '2 GB', '3 GB']],
    ['size', SIZE, 1200 * 1024 ** 2, ['0', '256 MB', '512 MB', '768 MB', '1 GB']],
    ['rate', RATE, 90 * 1024 ** 2, ['0', '20 MB/s', '40 MB/s', '60 MB/s', '80 MB/s']],
  ])('a %s', (_, unit, greatest, words) => {
    expect(unit.ticks(greatest, 5).map(unit.tick)).toEqual(words);
  });

  test.each([
    ['2026-01-01T00:00:00Z', '2026'],
    ['2026-11-01T00:00:00Z', 'Nov'],
    ['2026-11-21T00:00:00Z', '21 Nov'],
    ['2026-11-21T03:00:00Z', '03:00'],
  ])('%s is %s', (at, words) => {
    expect(dateTick(new Date(at))).toBe(words);
  });
});

test('labels that would lie on each other stand below each other', () => {
  expect(apart([50, 10, 52])).toEqual([50, 10, 64]);
});

test('signs of one kind are one path', () => {
  const { text } = drawSigns([
    { sign: 'failed', x: 1, y: 2 },
    { sign: 'killed', x: 3, y: 4 },
    { sign: 'failed', x: 5, y: 6.04 },
  ]);
  expect(text.match(/<path class="[a-z-]+" d="M\d/g)).toEqual([
    '<path class="sign-failed" d="M1',
    '<path class="sign-killed" d="M3',
  ]);
  expect(text).toContain('M5 6m');
});

describe('the picture of a time against its objective', () => {
  test.each([
    [90_000, 'objective 1m30s<', true],
    [86_400_000, 'objective 1d, far above ↑<', false],
  ])('of %i ms', (objective, words, isLine) => {
    const { text } = drawOverTime(chart(objective)).picture;
    expect(text).toContain(words);
    expect(text.includes('class="objective"')).toBe(isLine);
  });

  test('without one there is no line', () => {
    expect(drawOverTime(chart(null)).picture.text).not.toContain('objective');
  });

  test('of a single run has numbers everywhere', () => {
    expect(drawOverTime(chart(90_000, [0])).picture.text).not.toMatch(/NaN|Infinity|undefined/);
  });

  test('an objective that changed is a line of steps', () => {
    const points = [90_000, 90_000, 80_000].map((objective, day) => ({
      at: day * 86_400_000,
      value: 60_000,
      objective,
      sign: 'met' as const,
      series: 'repo 1',
    }));
    const { text } = drawOverTime({ ...chart(null), points }).picture;
    const path = /class="objective" d="([^"]*)"/.exec(text)?.[1] ?? '';
    expect(new Set(path.match(/(?<=,)[\d.]+/g)).size).toBe(2);
  });
});

describe('the change of the RTO', () => {
  test.each([
    [[100, 100, 100], null],
    [[100, 100, 100, 140], 40],
    [[100, 100, 100, 100], 0],
    [[900, 100, 100, 100, 100, 100, 100, 50], -50],
  ])('of %j: %j percent', (values, change) => {
    expect(rtoChange(runsOf(runs(values)))).toBe(change);
  });

  test('counts runs that passed alone', () => {
    expect(rtoChange(runsOf(runs([100, 100, 100, 100], 'failed')))).toBeNull();
  });
});
