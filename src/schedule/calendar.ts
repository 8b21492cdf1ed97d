/** Minutes, hours, days of the month, months and days of the week (0 is Sunday): a time has to fit all five. */
export interface Calendar {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: readonly number[];
  readonly months: readonly number[];
  readonly weekdays: readonly number[];
}

/** The numbers from one to another, both included. */
function numbers(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}

/** Every minute. */
export const ALWAYS: Calendar = {
  minutes: numbers(0, 59),
  hours: numbers(0, 23),
  days: numbers(1, 31),
  months: numbers(1, 12),
  weekdays: numbers(0, 6),
};

/** Whether a calendar leaves a field open. */
export function isOpen(calendar: Calendar, field: keyof Calendar): boolean {
  return calendar[field].length === ALWAYS[field].length;
}

/** The least time in minutes between two times of one day; null: there is one time on a day. */
export function leastMinutesBetween({ hours, minutes }: Calendar): number | null {
  const times = hours.flatMap((hour) => minutes.map((minute) => hour * 60 + minute)).toSorted((a, b) => a - b);
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  return gaps.length === 0 ? null : Math.min(...gaps);
}
