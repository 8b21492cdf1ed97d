import { expect, test } from 'vitest';
import { isIn, periodOf, periodText } from '../../../../src/evidence/bundle/period.ts';

const NOW = new Date('2026-11-29T14:30:00Z');

test.each([
  ['2026-01-01', '2026-03-31', '2026-01-01T00:00:00.000Z', '2026-04-01T00:00:00.000Z', '2026-01-01 to 2026-03-31'],
  ['2026-01', '2026-02', '2026-01-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z', '2026-01-01 to 2026-02-28'],
  ['2025', '2025', '2025-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z', '2025-01-01 to 2025-12-31'],
  ['2024-12', '2025', '2024-12-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z', '2024-12-01 to 2025-12-31'],
  [
    '2026-11-29',
    '2026-11-29T14:00Z',
    '2026-11-29T00:00:00.000Z',
    '2026-11-29T14:00:00.000Z',
    '2026-11-29 00:00 UTC to 2026-11-29 14:00 UTC',
  ],
  [
    '2026-03-31T02:00+02:00',
    '2026-03-31',
    '2026-03-31T00:00:00.000Z',
    '2026-04-01T00:00:00.000Z',
    '2026-03-31 to 2026-03-31',
  ],
])('from %s to %s', (from, to, start, until, text) => {
  const period = periodOf(from, to, NOW);
  expect(period).toEqual({ from: start, until });
  expect(periodText(period)).toBe(text);
});

test('what ends within a minute is told with its seconds, and is no whole day', () => {
  const whole = periodOf('2026-11-01', '2026-11-28T00:00:30Z', NOW);
  expect(periodText(whole)).toBe('2026-11-01 00:00 UTC to 2026-11-28 00:00:30 UTC');
});

test.each([
  ['2026-02-30', '2026-03', '--from: "2026-02-30" is no date'],
  ['2026-13', '2026', '--from: "2026-13" is no date'],
  ['yesterday', '2026', '--from: "yesterday" is no date'],
  ['2026-01', '2026-03-31T10:00', '--to: "2026-03-31T10:00" is no date'],
  ['2026-03', '2026-02', '--from 2026-03 is not before the end of --to 2026-02'],
  ['2026-11', '2026-11', '--to 2026-11: the period has not ended'],
])('from %s to %s is refused', (from, to, message) => {
  expect(() => periodOf(from, to, NOW)).toThrow(expect.objectContaining({ code: 'plan-invalid', message }) as Error);
});

test('a run belongs to the period in which it began, to the second', () => {
  const period = periodOf('2026-03', '2026-03', NOW);
  expect(isIn(period, '20260301T000000Z-0000')).toBe(true);
  expect(isIn(period, '20260331T235959Z-ffff')).toBe(true);
  expect(isIn(period, '20260228T235959Z-0000')).toBe(false);
  expect(isIn(period, '20260401T000000Z-0000')).toBe(false);
});
