import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { cronInWords, cronProblem } from '../../src/schedule/cron.ts';
import { dueAfter, dueUntil } from '../../src/schedule/due.ts';
import { readSchedule } from '../../src/schedule/schedule.ts';
import { expectHolds, hostileText } from '../fixtures/properties.ts';

interface Field {
  readonly text: string;
  readonly values: readonly number[];
}

/** A field of cron, and the values that it stands for: all, some, or those of a range. */
function field(least: number, most: number): fc.Arbitrary<Field> {
  const value = fc.integer({ min: least, max: most });
  const all = numbers(least, most);
  return fc.oneof(
    fc.constant({ text: '*', values: all }),
    fc.uniqueArray(value, { minLength: 1, maxLength: 3 }).map((values) => ({ text: values.join(','), values })),
    fc.tuple(value, value).map(([a, b]) => {
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      return { text: `${from}-${to}`, values: all.filter((one) => one >= from && one <= to) };
    }),
  );
}

/** The same, and in steps. */
function steppedField(least: number, most: number): fc.Arbitrary<Field> {
  const step = fc.integer({ min: 1, max: 20 });
  const stepped = fc.tuple(fc.integer({ min: least, max: most }), step, fc.boolean()).map(([value, by, isOpen]) => {
    const from = isOpen ? least : value;
    const values = numbers(least, most).filter((one) => one >= from && (one - from) % by === 0);
    return { text: `${isOpen ? '*' : from}/${by}`, values };
  });
  return fc.oneof({ weight: 2, arbitrary: field(least, most) }, { weight: 1, arbitrary: stepped });
}

function numbers(least: number, most: number): number[] {
  return Array.from({ length: most - least + 1 }, (_, index) => least + index);
}

const crons = fc
  .tuple(steppedField(0, 59), steppedField(0, 23), steppedField(1, 31), steppedField(1, 12), steppedField(0, 6))
  .map(([minutes, hours, days, months, weekdays]) => ({
    text: [minutes, hours, days, months, weekdays].map(({ text }) => text).join(' '),
    /** The rule of crontab(5), on what a clock shows: what begins with an asterisk leaves the day to the other field. */
    matches: (shown: Date): boolean => {
      const [ofMonth, ofWeek] = [days.values.includes(shown.getUTCDate()), weekdays.values.includes(shown.getUTCDay())];
      const onBoth = [days, weekdays].some(({ text }) => text.startsWith('*'));
      const onDay = onBoth ? ofMonth && ofWeek : ofMonth || ofWeek;
      return (
        onDay &&
        months.values.includes(shown.getUTCMonth() + 1) &&
        hours.values.includes(shown.getUTCHours()) &&
        minutes.values.includes(shown.getUTCMinutes())
      );
    },
  }));

const MINUTE = 60_000;
const moments = fc.date({
  min: new Date('2020-01-01T00:00:00Z'),
  max: new Date('2030-01-01T00:00:00Z'),
  noInvalidDate: true,
});

/** So many minutes are tried one by one, on either side of a moment. */
const MINUTES = 1500;

test('a schedule is due at the minutes of the rule and at no others', () => {
  expectHolds(
    fc.property(crons, moments, ({ text, matches }, moment) => {
      if (cronProblem(text) !== null) {
        expect(cronProblem(text)).toContain('never due');
        return;
      }
      const due = readSchedule({ cron: text, timezone: 'UTC' });
      const [after, until] = [dueAfter(due, moment), dueUntil(due, moment)];
      const floor = Math.floor(moment.getTime() / MINUTE) * MINUTE;
      const next = Array.from({ length: MINUTES }, (_, index) => floor + (index + 1) * MINUTE).find((at) =>
        matches(new Date(at)),
      );
      const last = Array.from({ length: MINUTES }, (_, index) => floor - index * MINUTE).find((at) =>
        matches(new Date(at)),
      );
      if (next === undefined) expect(after?.getTime() ?? Infinity).toBeGreaterThan(floor + MINUTES * MINUTE);
      else expect(after?.getTime()).toBe(next);
      if (last === undefined) expect(until?.getTime() ?? -Infinity).toBeLessThanOrEqual(floor - MINUTES * MINUTE);
      else expect(until?.getTime()).toBe(last);
      for (const at of [after, until]) if (at) expect(matches(at)).toBe(true);
    }),
    5,
  );
});

test('where clocks are changed each time of the rule comes once: what is left out comes later, what comes twice at first', () => {
  const zones = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe');
  const nights = fc.constantFrom(
    '2026-03-29',
    '2026-10-25',
    '2026-03-08',
    '2026-11-01',
    '2026-04-05',
    '2026-10-04',
    '2026-07-01',
  );
  const time = fc.tuple(fc.nat(23), fc.nat(59));
  expectHolds(
    fc.property(zones, nights, time, (zone, night, [hour, minute]) => {
      const due = readSchedule({ cron: `${minute} ${hour} * * *`, timezone: zone });
      const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
      const shown = (at: number): string => clock.format(at);
      const noon = Date.parse(`${night}T12:00:00Z`);
      const minutes = Array.from({ length: 3 * 1440 }, (_, index) => noon - 36 * 60 * MINUTE + index * MINUTE);
      const words = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
      // Each day once: the first minute that shows it; where none does, what stands for it is later, on the same day.
      const firsts = new Map<string, number>();
      for (const at of minutes)
        if (shown(at).endsWith(words))
          firsts.set(shown(at).slice(0, 10), Math.min(at, firsts.get(shown(at).slice(0, 10)) ?? Infinity));
      const at = dueAfter(due, new Date(noon - 24 * 60 * MINUTE))?.getTime() ?? 0;
      const day = shown(at).slice(0, 10);
      if (firsts.has(day)) expect(at).toBe(firsts.get(day));
      else expect(shown(at).slice(11) > words).toBe(true);
      expect(dueUntil(due, new Date(at))?.getTime()).toBe(at);
      expect((dueAfter(due, new Date(at))?.getTime() ?? 0) - at).toBeGreaterThan(22 * 60 * MINUTE);
    }),
    5,
  );
});

test('any text is a schedule or none, and never an error', () => {
  const word = fc.constantFrom(
    '*',
    '0',
    '1-5',
    '*/2',
    '5/7',
    'mon',
    'jan-mar',
    '7',
    '60',
    '1,2',
    '*/0',
    'L',
    '?',
    '1-',
    '-',
    '@daily',
    '99999999999999999999',
  );
  const text = fc.oneof(
    hostileText,
    fc.array(word, { maxLength: 7 }).map((words) => words.join(' ')),
  );
  expectHolds(
    fc.property(text, moments, (given, moment) => {
      const problem = cronProblem(given);
      expect(cronInWords(given)).not.toBe('');
      if (problem === null) expect(dueAfter(readSchedule({ cron: given, timezone: 'UTC' }), moment)).not.toBeNull();
    }),
  );
});
