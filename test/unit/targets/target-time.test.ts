import { afterEach, describe, expect, test, vi } from 'vitest';
import { formatInstant } from '../../../src/core/instant.ts';
import { parseTargetTime } from '../../../src/targets/target-time.ts';

const NOW = new Date('2026-11-21T12:00:00.500Z');

afterEach(() => {
  vi.unstubAllEnvs();
});

/** The UTC reading of a time as typed in a zone, or the reason why it was refused. */
function read(text: string, zone = 'UTC'): string {
  vi.stubEnv('TZ', zone);
  const time = parseTargetTime(text, NOW);
  return time.ok ? formatInstant(time.instant) : time.problem;
}

test.each([
  ['UTC', '2026-05-13T14:32:00.000Z'],
  ['Europe/Berlin', '2026-05-13T12:32:00.000Z'],
  ['America/New_York', '2026-05-13T18:32:00.000Z'],
  ['Europe/Istanbul', '2026-05-13T11:32:00.000Z'],
  ['Asia/Kathmandu', '2026-05-13T08:47:00.000Z'],
  ['Pacific/Kiritimati', '2026-05-13T00:32:00.000Z'],
])('without a zone it is the local time of %s', (zone, utc) => {
  expect(read('2026-05-13 14:32:00', zone)).toBe(utc);
});

test('winter and summer have their own offset', () => {
  expect(read('2026-01-13 14:32:00', 'Europe/Berlin')).toBe('2026-01-13T13:32:00.000Z');
  expect(read('2026-07-13 14:32:00', 'Europe/Berlin')).toBe('2026-07-13T12:32:00.000Z');
});

describe('when the clocks of Berlin change', () => {
  test.each(['2026-03-29 02:00:00', '2026-03-29 02:30:00', '2026-03-29 02:59:59.999999'])('%s is skipped', (text) => {
    expect(read(text, 'Europe/Berlin')).toMatch(/does not exist in local time/);
  });

  test.each(['2026-10-25 02:00:00', '2026-10-25 02:30:00', '2026-10-25 02:59:59'])('%s happens twice', (text) => {
    expect(read(text, 'Europe/Berlin')).toMatch(/happens twice in local time/);
  });

  test.each([
    ['2026-03-29 01:59:59', '2026-03-29T00:59:59.000Z'],
    ['2026-03-29 03:00:00', '2026-03-29T01:00:00.000Z'],
    ['2026-10-25 01:59:59', '2026-10-24T23:59:59.000Z'],
    ['2026-10-25 03:00:00', '2026-10-25T02:00:00.000Z'],
    ['2026-03-29 02:30:00+01', '2026-03-29T01:30:00.000Z'],
    ['2026-10-25 02:30:00+02', '2026-10-25T00:30:00.000Z'],
    ['2026-10-25 02:30:00+01', '2026-10-25T01:30:00.000Z'],
  ])('%s is certain', (text, utc) => {
    expect(read(text, 'Europe/Berlin')).toBe(utc);
  });
});

test.each([
  ['2026-05-07 02:13:00+03', '2026-05-06T23:13:00.000Z'],
  ['2026-05-07T02:13:00Z', '2026-05-07T02:13:00.000Z'],
  ['2026-05-07T02:13:00.123456Z', '2026-05-07T02:13:00.123456Z'],
  ['2026-05-07 02:13:00 UTC', '2026-05-07T02:13:00.000Z'],
  ['  2026-05-07 02:13:00-0430 ', '2026-05-07T06:43:00.000Z'],
  ['-15m', '2026-11-21T11:45:00.500Z'],
  [' -1h30m ', '2026-11-21T10:30:00.500Z'],
  ['-0s', '2026-11-21T12:00:00.500Z'],
])('%j means the same wherever it is typed', (text, utc) => {
  expect(read(text, 'UTC')).toBe(utc);
  expect(read(text, 'Asia/Tokyo')).toBe(utc);
});

test.each([
  '',
  'now',
  'yesterday',
  '15m',
  '-15',
  '-15 minutes',
  '--15m',
  '2026-05-13',
  '14:32',
  '13.05.2026 14:32',
  '05/13/2026 14:32:00',
  '2026-05-13 14:32:00 CET',
  '2026-05-13 14:32:00 Europe/Berlin',
  '2026-02-30 14:32:00',
  '2026-05-13 25:00:00',
  '1715610720',
  '-2026-05-13 14:32:00',
  '2026-05-13 14:32:00; drop table x',
])('%j is refused, with the forms that are understood', (text) => {
  expect(read(text)).toMatch(/is no time; write "2026-/);
});
