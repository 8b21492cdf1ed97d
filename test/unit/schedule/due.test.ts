import { expect, test } from 'vitest';
import { dueAfter, duesBetween, dueUntil } from '../../../src/schedule/due.ts';
import { readSchedule } from '../../../src/schedule/schedule.ts';

test.each([
  ['0 3 1 * *', 'UTC', '2026-11-21T03:00:00Z', '2026-12-01T03:00:00.000Z'],
  ['0 3 * * *', 'UTC', '2026-11-21T02:59:59Z', '2026-11-21T03:00:00.000Z'],
  ['0 3 * * *', 'UTC', '2026-11-21T03:00:00Z', '2026-11-22T03:00:00.000Z'],
  ['*/15 * * * *', 'UTC', '2026-11-21T23:50:00Z', '2026-11-22T00:00:00.000Z'],
  ['0 3 1 * *', 'Europe/Istanbul', '2026-11-30T23:00:00Z', '2026-12-01T00:00:00.000Z'],
  ['0 1 * * *', 'Asia/Tokyo', '2026-11-21T15:00:00Z', '2026-11-21T16:00:00.000Z'],
  ['0 3 * * 0', 'UTC', '2026-11-21T00:00:00Z', '2026-11-22T03:00:00.000Z'],
  ['0 3 13 * 5', 'UTC', '2026-11-14T00:00:00Z', '2026-11-20T03:00:00.000Z'],
  ['0 3 29 2 *', 'UTC', '2096-03-01T00:00:00Z', '2104-02-29T03:00:00.000Z'],
  // The clock goes from 2 to 3 on 2026-03-29, and from 3 to 2 on 2026-10-25.
  ['30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z', '2026-03-29T01:30:00.000Z'],
  ['30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', '2026-10-25T00:30:00.000Z'],
  ['30 2 * * *', 'Europe/Berlin', '2026-10-25T00:30:00Z', '2026-10-26T01:30:00.000Z'],
])('%s in %s after %s is due at %s', (cron, zone, after, due) => {
  const schedule = readSchedule({ cron, timezone: zone });
  expect(dueAfter(schedule, new Date(after))?.toISOString()).toBe(due);
  // What comes next was due until then, and not a moment before.
  expect(dueUntil(schedule, new Date(due))?.toISOString()).toBe(due);
  expect(dueUntil(schedule, new Date(Date.parse(due) - 1))?.getTime()).toBeLessThanOrEqual(Date.parse(after));
});

test('without a time zone it is the time of the machine', () => {
  const due = dueAfter(readSchedule('daily'), new Date('2026-11-21T12:00:00Z'));
  expect(due?.getHours()).toBe(3);
});

test.each([
  ['3d', '03:00', '2024-01-01T04:00:00Z', ['2024-01-04T03:00:00.000Z', '2024-01-07T03:00:00.000Z']],
  ['2w', '03:00', '2026-11-21T00:00:00Z', ['2026-11-30T03:00:00.000Z', '2026-12-14T03:00:00.000Z']],
  ['1w', '23:30', '2026-11-21T00:00:00Z', ['2026-11-23T23:30:00.000Z', '2026-11-30T23:30:00.000Z']],
  ['3mo', '00:00', '2026-11-21T00:00:00Z', ['2027-01-01T00:00:00.000Z', '2027-04-01T00:00:00.000Z']],
  ['1mo', '04:15', '2026-11-21T00:00:00Z', ['2026-12-01T04:15:00.000Z', '2027-01-01T04:15:00.000Z']],
])('every %s at %s after %s is due at %j', (every, at, after, due) => {
  const schedule = readSchedule({ every, at, timezone: 'UTC' });
  const found = duesBetween(schedule, new Date(after), new Date(due[1] ?? ''));
  expect([...found].map((date) => date.toISOString())).toEqual(due);
});

test('two drills of a day stay in order where the clock leaves one out', () => {
  const schedule = readSchedule({ cron: '30 2,3 * * *', timezone: 'Europe/Berlin' });
  const found = [...duesBetween(schedule, new Date('2026-03-28T12:00:00Z'), new Date('2026-03-30T00:00:00Z'))];
  expect(found.map((date) => date.toISOString())).toEqual(['2026-03-29T01:30:00.000Z']);
});
