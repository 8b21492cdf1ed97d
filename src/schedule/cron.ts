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

const FIELDS = {
  minutes: { name: 'the minute', least: 0, most: 59 },
  hours: { name: 'the hour', least: 0, most: 23 },
  days: { name: 'the day of the month', least: 1, most: 31 },
  months: { name: 'the month', least: 1, most: 12, names: MONTHS },
  // 7 is Sunday as well.
  weekdays: { name: 'the day of the week', least: 0, most: 7, names: WEEKDAYS },
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

/** What five fields say. */
interface Cron {
  readonly calendar: Calendar;
  /** With a day of the month and a day of the week it is due on a day that is either; else on one that is both. */
  readonly onEither: boolean;
}

/** What is wrong with the five fields of a schedule, in words; null: nothing. */
export function cronProblem(text: string): string | null {
  const read = readCron(text);
  return typeof read === 'string' ? read : null;
}

/** The fields of a schedule, or in words what is wrong with it. */
function readCron(text: string): Cron | string {
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
  // crontab(5): what counts is whether one of the two begins with an asterisk. "1-31" does not, though it is every day.
  const onEither = !words[2]?.startsWith('*') && !words[4]?.startsWith('*');
  const cron = { calendar: values as Calendar, onEither };
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
      to === undefined ? (from === undefined || step !== undefined ? lastOf(field) : first) : numberOf(to, field);
    const by = Number(step ?? 1);
    if (first === null || last === null || by < 1) return refused;
    if (first > last)
      return `${refused}: a range goes upwards${field.most === 7 ? ', and Sunday at its end is 7' : ''}`;
    for (let value = first; value <= last; value += by) values.add(field.most === 7 ? value % 7 : value);
  }
  return [...values].toSorted((a, b) => a - b);
}

/** The 7 of Sunday comes only when it is written. */
const lastOf = ({ most }: Field): number => (most === 7 ? 6 : most);

/** A name is written in three letters, or in more of its letters. */
function numberOf(word: string, { least, most, names }: Field): number | null {
  const named =
    word.length < 3 ? -1 : (names?.findIndex((name) => name.toLowerCase().startsWith(word.toLowerCase())) ?? -1);
  const value = named >= 0 ? named + least : /^\d+$/.test(word) ? Number(word) : null;
  return value !== null && value >= least && value <= most ? value : null;
}

/** When something is due by the five fields. Throws for what {@link cronProblem} refuses. */
export function cronRule(text: string): Rule {
  const cron = readCron(text);
  if (typeof cron === 'string') throw new Error(cron);
  const { hours, minutes } = cron.calendar;
  const times = hours.flatMap((hour) => minutes.map((minute) => (hour * 60 + minute) * 60_000));
  return { times, isDueOn: (day) => isDueOn(cron, day) };
}

/** When something is due by the five fields: when it fits one of these, each of which leaves a kind of day open, or needs both. */
export function cronCalendars(text: string): Calendar[] {
  const cron = readCron(text);
  if (typeof cron === 'string') throw new Error(cron);
  const { calendar, onEither } = cron;
  if (!onEither) return [calendar];
  const [ofMonth, ofWeek] = [
    { ...calendar, weekdays: ALWAYS.weekdays },
    { ...calendar, days: ALWAYS.days },
  ];
  // Every day of the month or of the week is every day.
  return isOpen(ofMonth, 'days') ? [ofMonth] : isOpen(ofWeek, 'weekdays') ? [ofWeek] : [ofMonth, ofWeek];
}

/** Whether a schedule is due on a day of the calendar. */
function isDueOn({ calendar: { days, months, weekdays }, onEither }: Cron, day: Date): boolean {
  if (!months.includes(day.getUTCMonth() + 1)) return false;
  const [ofMonth, ofWeek] = [days.includes(day.getUTCDate()), weekdays.includes(day.getUTCDay())];
  return onEither ? ofMonth || ofWeek : ofMonth && ofWeek;
}

function isEverDue({ calendar: { days, months }, onEither }: Cron): boolean {
  if (onEither) return true;
  return months.some((month) => days.some((day) => day <= new Date(Date.UTC(2024, month, 0)).getUTCDate()));
}

/** A schedule that is usable, in words: `at 03:00 on day 1 of the month`. */
export function cronInWords(text: string): string {
  const read = readCron(text);
  if (typeof read === 'string') return read;
  return [timeWords(read.calendar), ...dayWords(read)].join(' ');
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function timeWords(calendar: Calendar): string {
  const { minutes, hours } = calendar;
  if (isOpen(calendar, 'hours')) {
    return isOpen(calendar, 'minutes') ? 'every minute' : `every hour at minute ${list(minutes.map(String))}`;
  }
  if (minutes.length * hours.length <= 6) {
    return `at ${list(hours.flatMap((hour) => minutes.map((minute) => `${two(hour)}:${two(minute)}`)))}`;
  }
  return `at ${minutes.length} minutes of ${hours.length} hours`;
}

function dayWords({ calendar, onEither }: Cron): string[] {
  const { days, months, weekdays } = calendar;
  const ofMonth = isOpen(calendar, 'days') ? null : `on day ${list(days.map(String))} of the month`;
  const names = isOpen(calendar, 'weekdays') ? null : weekdays.map((day) => WEEKDAYS[day] ?? '');
  const inMonths = isOpen(calendar, 'months') ? [] : [`in ${list(months.map((month) => MONTHS[month - 1] ?? ''))}`];
  return [onDays(ofMonth, names, onEither), ...inMonths];
}

function onDays(ofMonth: string | null, weekdays: readonly string[] | null, onEither: boolean): string {
  if (onEither && (ofMonth === null || weekdays === null)) return 'every day';
  if (weekdays === null) return ofMonth ?? 'every day';
  if (ofMonth === null) return `on every ${list(weekdays)}`;
  return onEither ? `${ofMonth} and on every ${list(weekdays)}` : `${ofMonth} that is a ${list(weekdays, 'or')}`;
}

function list(words: readonly string[], last: 'and' | 'or' = 'and'): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1) ?? ''}`;
}
