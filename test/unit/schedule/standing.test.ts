import { describe, expect, test } from 'vitest';
import { readSchedule } from '../../../src/schedule/schedule.ts';
import { missedDues, waitingSince } from '../../../src/schedule/missed.ts';
import { standingOf } from '../../../src/schedule/standing.ts';

const monthly = readSchedule({ cron: '0 3 1 * *', timezone: 'UTC' });
const HOUR_MS = 3_600_000;

/** A day of 2026, at noon. */
const day = (text: string): Date => new Date(`2026-${text}T12:00:00.000Z`);
const stamp = (text: string | null): string | null => (text === null ? null : `2026-${text}T03:00:05.000Z`);

test.each<[string, string | null, string | null, string | null, string, string | null]>([
  // last run, last passed, still under way since, now, alarm
  ['it ran and passed', '11-01', '11-01', null, '11-29', null],
  ['it never ran', null, null, null, '11-29', 'not-run'],
  ['it did not run this month', '10-01', '10-01', null, '11-02', 'not-run'],
  ['it ran and failed', '11-01', '10-01', null, '11-02', 'not-passed'],
  ['it failed and was repeated', '11-03', '11-03', null, '11-04', null],
  ['it has never passed', '11-01', null, null, '11-02', 'not-passed'],
  ['it runs now, and passed the last time', '11-01', '10-01', '11-01', '11-01', null],
  ['it runs now, and failed the last time', '11-01', '09-01', '11-01', '11-01', 'not-passed'],
  ['it failed long ago and was not run since', '08-01', '07-01', null, '11-29', 'not-run'],
])('%s', (_, lastBegun, lastPassed, openSince, now, alarm) => {
  const record = { lastBegun: stamp(lastBegun), lastPassed: stamp(lastPassed), openSince: stamp(openSince) };
  expect(standingOf(monthly, record, day(now), HOUR_MS).alarm).toBe(alarm);
});

test('for the time of grace it may begin late; what was due before counts meanwhile', () => {
  const record = { lastBegun: stamp('10-01'), lastPassed: stamp('10-01'), openSince: null };
  const at = (text: string) => standingOf(monthly, record, new Date(text), HOUR_MS);
  expect(at('2026-11-01T03:59:00Z')).toMatchObject({ alarm: null, dueAt: new Date('2026-10-01T03:00:00Z') });
  expect(at('2026-11-01T04:00:00Z')).toMatchObject({ alarm: 'not-run', dueAt: new Date('2026-11-01T03:00:00Z') });
});

test('what was never due is no alarm', () => {
  const never = readSchedule({ cron: '0 3 29 2 *', timezone: 'UTC' });
  const record = { lastBegun: null, lastPassed: null, openSince: null };
  const { alarm, nextDue } = standingOf(never, record, new Date('1899-01-01T00:00:00Z'), HOUR_MS);
  expect(alarm).toBe('not-run');
  expect(nextDue?.toISOString()).toBe('1904-02-29T03:00:00.000Z');
});

function dueOn(text: string): string {
  return `2026-${text}T03:00:00.000Z`;
}

describe('what was missed', () => {
  test.each<[string | null, string | null, string, string[]]>([
    ['11-01', null, '11-29', []],
    // The last one can still be caught up.
    ['10-01', null, '11-29', []],
    ['09-01', null, '11-29', ['10-01']],
    ['06-01', null, '11-29', ['07-01', '08-01', '09-01', '10-01']],
    ['06-01', '08-01', '11-29', ['09-01', '10-01']],
    ['06-01', '10-01', '11-29', []],
    [null, null, '11-29', []],
  ])('after a run at %s, known until %s, on %s', (lastBegun, lastMissed, now, missed) => {
    const record = { lastBegun: stamp(lastBegun), lastMissed: lastMissed === null ? null : dueOn(lastMissed) };
    expect(missedDues(monthly, record, day(now))).toEqual(missed.map(dueOn));
  });

  test('of a drill that is due each minute no more is told at once than a ledger can take', () => {
    const minutely = readSchedule({ cron: '* * * * *', timezone: 'UTC' });
    const missed = missedDues(minutely, { lastBegun: '2026-01-01T00:00:00.000Z', lastMissed: null }, day('11-29'));
    expect(missed).toHaveLength(40_000);
    expect(missed[0]).toBe('2026-01-01T00:01:00.000Z');
  });
});

test.each<[string | null, string, string | null]>([
  [null, '11-29', '2026-11-01T03:00:00.000Z'],
  ['10-01', '11-29', '2026-11-01T03:00:00.000Z'],
  ['11-01', '11-29', null],
])('after a run at %s, on %s, it waits since %s', (lastBegun, now, since) => {
  const found = waitingSince(monthly, { lastBegun: stamp(lastBegun) }, day(now));
  expect(found?.toISOString() ?? null).toBe(since);
});
