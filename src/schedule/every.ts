import { ALWAYS, type Calendar } from './calendar.ts';
import type { Rule } from './due.ts';

const DAY_MS = 86_400_000;

/** A Monday. Days and weeks are counted from it, so that every machine counts alike. */
const FIRST_DAY = Date.UTC(2024, 0, 1);
const FIRST_WEEKDAY = 1;

const UNITS = { d: 'day', w: 'week', mo: 'month' } as const;

/** Five years: whoever looks for when it was due looks back twelve. */
const MOST = { day: 1827, week: 261, month: 60 } as const;

const FORMS = 'write a number of days (3d), weeks (2w) or months (3mo)';

interface Every {
  readonly count: number;
  readonly unit: (typeof UNITS)[keyof typeof UNITS];
}

/** What is wrong with a text such as `2w`, in words; null: nothing. */
export function everyProblem(text: string): string | null {
  const every = readEvery(text);
  if (every === null) return `"${text}" is no time between drills; ${FORMS}`;
  const { count, unit } = every;
  return count <= MOST[unit]
    ? null
    : `"${text}" is more than five years; nobody would know whether such a drill still runs`;
}

/** What is wrong with a time of day, in words; null: nothing. */
export function timeOfDayProblem(text: string): string | null {
  return readTime(text) === null ? `"${text}" is no time of day; write 03:00` : null;
}

/**
 * Every so many days, weeks or months at a time of day: weeks begin on Mondays, months on their first day. They are counted from
 * the first of January 2024, and months of a year from January on where a year has as many.
 */
export function everyRule(text: string, time: string): Rule {
  const { count, unit } = readEvery(text) ?? { count: 1, unit: 'day' };
  return { times: [readTime(time) ?? 0], isDueOn: (day) => isDueOn(day, count, unit) };
}

/** The narrowest calendar that has all days on which it can be due: that of two weeks has every Monday. */
export function everyCalendar(text: string, time: string): Calendar {
  const { count, unit } = readEvery(text) ?? { count: 1, unit: 'day' };
  const minutes = (readTime(time) ?? 0) / 60_000;
  const at = { ...ALWAYS, hours: [Math.floor(minutes / 60)], minutes: [minutes % 60] };
  if (unit === 'month') return { ...at, days: [1], months: ALWAYS.months.filter((month) => canBeDueIn(month, count)) };
  return unit === 'week' || count % 7 === 0 ? { ...at, weekdays: [FIRST_WEEKDAY] } : at;
}

/** Whether there is a year in whose month it is due. */
function canBeDueIn(month: number, count: number): boolean {
  return (month - 1) % greatestCommonDivisor(12, count) === 0;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** `every 2 weeks, on Monday, at 03:00`. */
export function everyInWords(text: string, time: string): string {
  const every = readEvery(text);
  if (every === null) return text;
  const { count, unit } = every;
  const day = { day: '', week: ', on Monday', month: ', on its first day' }[unit];
  return `every ${count === 1 ? unit : `${count} ${unit}s`}${day}, at ${time}`;
}

function isDueOn(day: Date, count: number, unit: Every['unit']): boolean {
  const days = Math.round((day.getTime() - FIRST_DAY) / DAY_MS);
  if (unit === 'day') return days % count === 0;
  if (unit === 'week') return days % (7 * count) === 0;
  return day.getUTCDate() === 1 && (day.getUTCFullYear() * 12 + day.getUTCMonth()) % count === 0;
}

function readEvery(text: string): Every | null {
  const [, count = '', unit = ''] = /^([1-9]\d{0,2})(d|w|mo)$/.exec(text.trim()) ?? [];
  return unit === '' ? null : { count: Number(count), unit: UNITS[unit as keyof typeof UNITS] };
}

function readTime(text: string): number | null {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text.trim()) ?? [];
  return hours === undefined ? null : (Number(hours) * 60 + Number(minutes)) * 60_000;
}
