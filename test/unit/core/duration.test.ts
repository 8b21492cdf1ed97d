import { describe, expect, test } from 'vitest';
import { encodeDuration, formatDuration, parseDurationMs } from '../../../src/core/duration.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('parseDurationMs', () => {
  test.each([
    ['30m', 30 * 60_000],
    ['1h30m', 1.5 * HOUR],
    ['1h 30m', 1.5 * HOUR],
    ['1.5h', 1.5 * HOUR],
    ['2d', 2 * DAY],
    ['1w', 7 * DAY],
    ['250ms', 250],
    ['1s250ms', 1250],
    ['0s', 0],
    [' 90s ', 90_000],
  ])('%j is %i ms', (text, ms) => {
    expect(parseDurationMs(text)).toBe(ms);
  });

  test.each([
    '',
    ' ',
    '30',
    '-5m',
    'm',
    '1x',
    '5 minutes',
    '1h30',
    '1h,30m',
    '1.m',
    '1..5h',
    '1e3s',
    'h1',
    '5M',
    'NaNs',
  ])('%j is no duration', (text) => {
    expect(parseDurationMs(text)).toBeNull();
  });
});

describe('formatDuration', () => {
  test.each([
    [0, '0.0 s'],
    [400, '0.4 s'],
    [12_340, '12.3 s'],
    [59_949, '59.9 s'],
    [59_950, '1m 00s'],
    [187_000, '3m 07s'],
    [3_599_499, '59m 59s'],
    [3_599_500, '1h 00m'],
    [2 * HOUR + 5 * 60_000, '2h 05m'],
    [DAY - 1, '1d 00h'],
    [4 * DAY + 6 * HOUR, '4d 06h'],
    [-1500, '-1.5 s'],
  ])('%i ms reads %j', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

test.each([0, 1, 250, 999, 1000, 90_000, 1.5 * HOUR, 26 * HOUR, 10 * DAY, 123_456_789])(
  '%i ms are read back exactly from the form that plans use',
  (ms) => {
    expect(parseDurationMs(encodeDuration(ms))).toBe(ms);
  },
);
