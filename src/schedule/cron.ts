import { ALWAYS, isOpen, type Calendar } from './calendar.ts';
import type { Rule } from './due.ts';

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** Names for the values, from the least on. */
  readonly names?: readonly string[];
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const WEEKDAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
const short = (names: readonly string[]): string[] => names.map((name) => name.slice(0, 3).toLowerCase());

const FIELDS = {
  minutes: { name: 'the minute', least: 0, most: 59 },
  hours: { name: 'the hour', least: 0, most: 23 },
  days: { name: 'the day of the month', least: 1, most: 31 },
  months: { name: 'the month', least: 1, most: 12, names: short(MONTHS) },
  // 7 is Sunday as well.
  weekdays: { name: 'the day of the week', least: 0, most: 7, names: short(WEEKDAYS) },
} satisfies Record<keyof Calendar, Field>;

/** What words such as `monthly` stand for. */
export const NICKNAMES = {
  hourly: '0 * * * *',
  daily: '0 3 * * *',
  nightly: '0 3 * * *',
  weekly: '0 3 * * 0',
  monthly: '0 3 1 * *',
  quarterly: '0 3 1 1,4,7,10 *',
  yearly: '0 3 1 1 *',
} as const;

/** What is wrong with the five fields of a schedule, in words; null: nothing. */
export function cronProblem(text: string): string | null {
  const read = readCron(text);
  return typeof read === 'string' ? read : null;
}

/** The fields of a schedule, or in words what is wrong with it. */
function readCron(text: string): Calendar | string {
  const words = text.trim().split(/\s+/);
  const nickname = Object.entries(NICKNAMES).find(
    ([word]) => word === text.trim().toLowerCase().replace(/^@/, ''),
  )?.[1];
  if (nickname !== undefined) return `"${text}" has to be written in the five fields of cron, such as "${nickname}"`;
  const names = Object.keys(FIELDS) as (keyof Calendar)[];
  if (words.length !== names.length) {
    return `"${text}" has ${words.length === 1 ? 'one field' : `${words.length} fields`}; a schedule has five: minute, hour, day of month, month, day of week, such as "0 3 1 * *"`;
  }
  const values: Partial<Record<keyof Calendar, number[]>> = {};
  for (const [index, name] of names.entries()) {
    const field = valuesOf(words[index] ?? '', FIELDS[name]);
    if (typeof field === 'string') return field;
    values[name] = field;
  }
  const cron = values as Calendar;
  return isEverDue(cron) ? cron : `"${text}" is never due: no such month has such a day`;
}

function valuesOf(word: string, field: Field): number[] | string {
  const values = new Set<number>();
  for (const part of word.split(',')) {
    const match = /^(?:\*|([a-z]+|\d+)(?:-([a-z]+|\d+))?)(?:\/(\d+))?$/i.exec(part);
    const refused = `${field.name} is ${field.least} to ${field.most}, not "${part}"`;
    if (!match) return refused;
    const [, from, to, step] = match;
    const first = from === undefined ? field.least : numberOf(from, field);
    const last =
      to === undefined ? (from === undefined || step !== undefined ? field.most : first) : numberOf(to, field);
    const by = Number(step ?? 1);
    if (first === null || last === null || first > last || by < 1) return refused;
    for (let value = first; value <= last; value += by) values.add(field.most === 7 ? value % 7 : value);
  }
  return [...values].toSorted((a, b) => a - b);
}

function numberOf(word: string, { least, most, names }: Field): number | null {
  const named = names?.indexOf(word.slice(0, 3).toLowerCase()) ?? -1;
  const value = named >= 0 ? named + least : /^\d+$/.test(word) ? Number(word) : null;
  return value !== null && value >= least && value <= most ? value : null;
}

const isAll = (values: readonly number[], { least, most }: Field): boolean =>
  values.length === (most === 7 ? 7 : most - least + 1);

/** When something is due by the five fields. Throws for what {@link cronProblem} refuses. */
export function cronRule(text: string): Rule {
  const cron = readCron(text);
  if (typeof cron === 'string') throw new Error(cron);
  const times = cron.hours.flatMap((hour) => cron.minutes.map((minute) => (hour * 60 + minute) * 60_000));
  return { times, isDueOn: (day) => isDueOn(cron, day) };
}

/** When something is due by the five fields: with a day of the month and a day of the week, when it fits either calendar. */
export function cronCalendars(text: string): Calendar[] {
  const cron = readCron(text);
  if (typeof cron === 'string') throw new Error(cron);
  if (isOpen(cron, 'days') || isOpen(cron, 'weekdays')) return [cron];
  return [
    { ...cron, weekdays: ALWAYS.weekdays },
    { ...cron, days: ALWAYS.days },
  ];
}

/** Whether a schedule is due on a day of the calendar. With a day of the month and a day of the week it is due on either. */
function isDueOn({ days, months, weekdays }: Calendar, day: Date): boolean {
  if (!months.includes(day.getUTCMonth() + 1)) return false;
  const [ofMonth, ofWeek] = [days.includes(day.getUTCDate()), weekdays.includes(day.getUTCDay())];
  if (isAll(days, FIELDS.days)) return ofWeek;
  return isAll(weekdays, FIELDS.weekdays) ? ofMonth : ofMonth || ofWeek;
}

function isEverDue({ days, months, weekdays }: Calendar): boolean {
  if (!isAll(weekdays, FIELDS.weekdays)) return true;
  return months.some((month) => days.some((day) => day <= new Date(Date.UTC(2024, month, 0)).getUTCDate()));
}

/** A schedule that is usable, in words: `at 03:00 on day 1 of the month`. */
export function cronInWords(text: string): string {
  const read = readCron(text);
  if (typeof read === 'string') return read;
  return [timeWords(read), ...dayWords(read)].join(' ');
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function timeWords({ minutes, hours }: Calendar): string {
  if (isAll(hours, FIELDS.hours)) {
    return isAll(minutes, FIELDS.minutes) ? 'every minute' : `every hour at minute ${list(minutes.map(String))}`;
  }
  if (minutes.length * hours.length <= 6) {
    return `at ${list(hours.flatMap((hour) => minutes.map((minute) => `${two(hour)}:${two(minute)}`)))}`;
  }
  return `at ${minutes.length} minutes of ${isAll(hours, FIELDS.hours) ? 'every hour' : `${hours.length} hours`}`;
}

function dayWords({ days, months, weekdays }: Calendar): string[] {
  const onDays = isAll(days, FIELDS.days) ? null : `on day ${list(days.map(String))} of the month`;
  const onWeekdays = isAll(weekdays, FIELDS.weekdays)
    ? null
    : `on every ${list(weekdays.map((day) => WEEKDAYS[day] ?? ''))}`;
  const inMonths = isAll(months, FIELDS.months) ? [] : [`in ${list(months.map((month) => MONTHS[month - 1] ?? ''))}`];
  const on = [onDays, onWeekdays].filter((words) => words !== null).join(' and ');
  return [on === '' ? 'every day' : on, ...inMonths];
}

function list(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}
