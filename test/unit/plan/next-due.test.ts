import { expect, test } from 'vitest';
import { nextDue } from '../../../src/plan/next-due.ts';

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
  expect(nextDue(cron, zone, new Date(after))?.toISOString()).toBe(due);
});

test('without a time zone it is the time of the machine', () => {
  const due = nextDue('0 3 * * *', null, new Date('2026-11-21T12:00:00Z'));
  expect(due?.getHours()).toBe(3);
});

test('what is no schedule is never due', () => {
  expect(nextDue('daily', null, new Date())).toBeNull();
});
