import { describe, expect, test } from 'vitest';
import { duesBetween } from '../../../src/schedule/due.ts';
import { readSchedule, type Schedule } from '../../../src/schedule/schedule.ts';
import { askingTimes, cronBlock, cronProblem } from '../../../src/schedule/timers/cron.ts';
import { laterOnTheDay, onCalendar, onEachDay } from '../../../src/schedule/timers/on-calendar.ts';
import { systemdUnits } from '../../../src/schedule/timers/systemd.ts';
import type { Starting, TimedDrill } from '../../../src/schedule/timers/timed-drill.ts';
import { randomSchedules, shownAt } from '../../fixtures/random-schedules.ts';

function drill(more: Partial<TimedDrill> = {}): TimedDrill {
  return {
    name: 'orders',
    schedule: readSchedule('monthly'),
    planFile: '/etc/pgdrill/drills/orders.yaml',
    directory: '/etc/pgdrill',
    writes: ['/srv/reports', '/var/lib/pgdrill'],
    needsEngine: false,
    endsAfterMs: 88_200_000,
    ...more,
  };
}

const STARTING: Starting = {
  program: ['/usr/bin/node', '/opt/pgdrill/bin/drill.js'],
  searchPath: '/usr/bin:/bin',
  user: 'postgres',
  options: [],
  delayMs: 600_000,
};

/** The texts of both units. */
function unitsOf(timed: TimedDrill, starting: Starting = STARTING): string {
  return systemdUnits(timed, starting)
    .map(({ text }) => text)
    .join('\n');
}

describe('what systemd is told', () => {
  test.each([
    ['monthly', ['*-*-01 03:00:00'], ['*-*-01 04..23:00:00']],
    ['weekly', ['Sun *-*-* 03:00:00'], ['Sun *-*-* 04..23:00:00']],
    ['quarterly', ['*-01,04,07,10-01 03:00:00'], ['*-01,04,07,10-01 04..23:00:00']],
    [{ cron: '*/15 * * * *', timezone: 'UTC' }, ['*-*-* *:00,15,30,45:00 UTC'], []],
    [
      { cron: '30 1,22-23 * * 1-5', timezone: 'Europe/Berlin' },
      ['Mon,Tue,Wed,Thu,Fri *-*-* 01,22..23:30:00 Europe/Berlin'],
      ['Mon,Tue,Wed,Thu,Fri *-*-* 02..21:30:00 Europe/Berlin'],
    ],
    // On the 13th, and on Fridays.
    [{ cron: '0 23 13 * 5' }, ['*-*-13 23:00:00', 'Fri *-*-* 23:00:00'], []],
    // What systemd cannot count, pgdrill does.
    [{ every: '2w', at: '23:30' }, ['Mon *-*-* 23:30:00'], []],
    [{ every: '14d', at: '23:30' }, ['Mon *-*-* 23:30:00'], []],
    [{ every: '3d', at: '23:30' }, ['*-*-* 23:30:00'], []],
    [{ every: '3mo', at: '23:30' }, ['*-01,04,07,10-01 23:30:00'], []],
    [{ every: '5mo', at: '23:30' }, ['*-*-01 23:30:00'], []],
    [{ every: '24mo', at: '23:30' }, ['*-01-01 23:30:00'], []],
  ] as const)('%j', (written, exact, later) => {
    const schedule = readSchedule(typeof written === 'string' || 'cron' in written ? written : { ...written });
    expect(onCalendar(schedule)).toEqual(exact);
    expect(laterOnTheDay(schedule)).toEqual(later);
  });

  test.each([
    ['monthly', ['*-*-* 03:00:00']],
    ['weekly', ['*-*-* 03:00:00']],
    ['daily', []],
    [{ cron: '30 4-6 1-31 * *' }, []],
    [{ cron: '0 23 13 * 5', timezone: 'Europe/Berlin' }, ['*-*-* 23:00:00 Europe/Berlin']],
    [{ cron: '0 3 */2 * 1' }, ['*-*-* 03:00:00']],
    [{ every: '2w', at: '23:30' }, ['*-*-* 23:30:00']],
    [{ every: '3d', at: '23:30' }, []],
  ] as const)('%j is asked for once on each other day: %j', (written, daily) => {
    const schedule = readSchedule(typeof written === 'string' || 'cron' in written ? written : { ...written });
    expect(onEachDay(schedule)).toEqual(daily);
  });

  test('a day of the month that has to be a Monday is one calendar', () => {
    expect(onCalendar(readSchedule({ cron: '0 3 */10 * 1' }))).toEqual(['Mon *-*-01,11,21,31 03:00:00']);
    expect(onCalendar(readSchedule({ cron: '0 3 1-31 * 1' }))).toEqual(['*-*-* 03:00:00']);
  });

  test('a timer catches up, and begins at random, but well before the drill is overdue', () => {
    expect(unitsOf(drill())).toContain('\nPersistent=true\nRandomizedDelaySec=600s\n');
    const often = drill({ schedule: readSchedule({ cron: '*/10 * * * *' }) });
    expect(unitsOf(often)).toContain('\nRandomizedDelaySec=300s\n');
  });

  test('a service of the machine has an owner and a fence, and one of a user what its manager can do', () => {
    const ofMachine = unitsOf(drill());
    expect(ofMachine).toContain('\nUser=postgres\n');
    expect(ofMachine).toContain('\nReadWritePaths="/srv/reports" "/var/lib/pgdrill" "/tmp" "/var/tmp"\n');
    expect(ofMachine).toContain('\nCapabilityBoundingSet=\n');
    expect(unitsOf(drill(), { ...STARTING, user: 'root' })).not.toContain('CapabilityBoundingSet');
    const ofUser = unitsOf(drill(), { ...STARTING, user: null });
    expect(ofUser).not.toMatch(/User=|Protect\w+=|ReadWritePaths=/);
    expect(ofUser).toContain('\nNoNewPrivileges=true\n');
  });

  test('a path with blanks, quotes, percent and dollar signs is one word', () => {
    const text = unitsOf(drill({ planFile: `/srv/100% "$HOME" it's\\x.yaml`, directory: '/srv/50% $x y' }));
    expect(text).toContain('"/srv/100%% \\"$$HOME\\" it\'s\\\\x.yaml"\n');
    expect(text).toContain('\nWorkingDirectory=/srv/50%% $x y\n');
  });
});

function holds(field: string, value: number): boolean {
  return field === '*' || field.split(',').includes(String(value));
}

/** Fields of a crontab that hold a moment by the clock of a zone. */
function isAskedAt(fields: string, moment: Date, timezone: string | null): boolean {
  const clock = shownAt(moment.getTime(), timezone);
  const [minute = '', hour = ''] = fields.split(' ');
  return holds(minute, clock.getUTCMinutes()) && holds(hour, clock.getUTCHours());
}

/** The next dues of a schedule, in a year that begins before summer does. */
function someDues(schedule: Schedule): Date[] {
  return [...duesBetween(schedule, new Date('2026-02-01T00:00:00Z'), new Date('2027-02-01T00:00:00Z')).take(400)];
}

describe('what cron is told', () => {
  test.each([
    ['monthly', '0 * * * *'],
    [{ cron: '30 1 * * *', timezone: 'Asia/Kathmandu' }, '0,15,30,45 * * * *'],
    [{ cron: '7 1 * * *', timezone: 'UTC' }, '7,22,37,52 * * * *'],
    [{ cron: '* 1 * * *' }, '* * * * *'],
  ] as const)('%j', (written, fields) => {
    expect(askingTimes(readSchedule(written))).toBe(fields);
  });

  test('it asks whenever a drill is due, on a machine of any time zone', () => {
    const machines = ['UTC', 'Europe/Berlin', 'Asia/Kolkata', 'Pacific/Chatham'];
    for (const schedule of randomSchedules(60, 1)) {
      const zones = schedule.timezone === null ? [null] : machines;
      const missed = someDues(schedule).filter(
        (due) => !zones.every((zone) => isAskedAt(askingTimes(schedule), due, zone)),
      );
      expect([schedule.text, missed]).toEqual([schedule.text, []]);
    }
  });

  test('a percent sign does not end the line, and a shell reads each path as one word', () => {
    const block = cronBlock(drill({ directory: String.raw`/srv/a\% it's` }), { ...STARTING, user: null });
    const [, , line = ''] = block.split('\n');
    expect(line).toContain(String.raw`cd '/srv/a\''\% it'\''s' && PATH=`);
    expect(line).toMatch(/^0 \* \* \* \* cd /);
  });

  test('a line that cron would cut is refused', () => {
    expect(cronProblem(drill(), STARTING)).toBeNull();
    expect(cronProblem(drill({ directory: `/${'x'.repeat(900)}` }), STARTING)).toMatch(/cron takes 998/);
  });
});
