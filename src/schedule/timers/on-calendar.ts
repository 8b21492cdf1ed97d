import { ALWAYS, isOpen, type Calendar } from '../calendar.ts';
import type { Schedule } from '../schedule.ts';

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

type Times = Pick<Schedule, 'calendars' | 'timezone'>;

/** When a drill is due, as `OnCalendar=` of systemd has it (systemd.time(7)): one line or more, each with the time zone. */
export function onCalendar({ calendars, timezone }: Times): string[] {
  return calendars.map((calendar) => expression(calendar, timezone));
}

/**
 * The hours that follow on the same day, for what is not done at the time itself: systemd leaves out a time that the clock leaves
 * out when summer begins (252), where a drill is due an hour later; and a run may have been refused, or killed.
 */
export function laterOnTheDay({ calendars, timezone }: Times): string[] {
  return calendars.flatMap((calendar) => {
    const [first = 0] = calendar.hours;
    const hours = ALWAYS.hours.filter((hour) => hour > first && !calendar.hours.includes(hour));
    const minutes = calendar.minutes.slice(0, 1);
    return hours.length === 0 ? [] : [expression({ ...calendar, hours, minutes }, timezone)];
  });
}

/** Once on each day, for what is not due on every day: a monthly drill that was refused on its day would else wait for a month. */
export function onEachDay({ calendars, timezone }: Times): string[] {
  const [first] = calendars;
  const isDaily = calendars.some((calendar) => DAYS.every((name) => isOpen(calendar, name)));
  if (first === undefined || isDaily) return [];
  return [expression({ ...ALWAYS, hours: first.hours.slice(0, 1), minutes: first.minutes.slice(0, 1) }, timezone)];
}

const DAYS = ['days', 'months', 'weekdays'] as const;

function expression(calendar: Calendar, timezone: string | null): string {
  const weekdays = isOpen(calendar, 'weekdays') ? '' : `${calendar.weekdays.map((day) => WEEKDAYS[day]).join(',')} `;
  const day = `*-${field(calendar, 'months')}-${field(calendar, 'days')}`;
  const time = `${field(calendar, 'hours')}:${field(calendar, 'minutes')}:00`;
  return `${weekdays}${day} ${time}${timezone === null ? '' : ` ${timezone}`}`;
}

function field(calendar: Calendar, name: keyof Calendar): string {
  if (isOpen(calendar, name)) return '*';
  return ranges(calendar[name])
    .map(({ from, to }) => (from === to ? two(from) : `${two(from)}..${two(to)}`))
    .join(',');
}

/** Numbers that follow one another, together. */
function ranges(values: readonly number[]): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  for (const value of values) {
    const last = found.at(-1);
    if (last?.to === value - 1) last.to = value;
    else found.push({ from: value, to: value });
  }
  return found;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
