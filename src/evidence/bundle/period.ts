import { instantOfStamp, parseStamp } from '../../core/instant.ts';
import { DrillError } from '../../core/errors.ts';

/** A stretch of time that has ended. */
export interface Period {
  /** ISO 8601, UTC; it belongs to the period. */
  readonly from: string;
  /** ISO 8601, UTC; it does not. */
  readonly until: string;
}

const FORMS = 'write a day (2026-03-31), a month (2026-03), a year (2026), or a moment in UTC (2026-03-31T14:00Z)';

/**
 * The period that two options name: from the beginning of the first to the end of the second. One that has not ended is
 * refused: the same command has to give the same bundle later. Throws `plan-invalid`.
 */
export function periodOf(from: string, to: string, now: Date): Period {
  const start = spanOf('--from', from).start;
  const { end } = spanOf('--to', to);
  if (end > now.getTime()) {
    throw new DrillError('plan-invalid', `--to ${to}: the period has not ended`, {
      hint: `name an end that has passed, such as ${now.toISOString().slice(0, 16)}Z`,
    });
  }
  if (start >= end) throw new DrillError('plan-invalid', `--from ${from} is not before the end of --to ${to}`);
  return { from: new Date(start).toISOString(), until: new Date(end).toISOString() };
}

/** Milliseconds since 1970. */
interface Span {
  readonly start: number;
  readonly end: number;
}

function spanOf(option: string, text: string): Span {
  const span = dateSpan(text.trim()) ?? momentSpan(text);
  if (span !== null) return span;
  throw new DrillError('plan-invalid', `${option}: "${text}" is no date`, { hint: FORMS });
}

function dateSpan(text: string): Span | null {
  const [, year, month, day] = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(text) ?? [];
  if (year === undefined) return null;
  const [y, m, d] = [Number(year), Number(month ?? 1) - 1, Number(day ?? 1)];
  const start = Date.UTC(y, m, d);
  const isThere = new Date(start).toISOString().startsWith(text);
  if (!isThere) return null;
  if (day !== undefined) return { start, end: Date.UTC(y, m, d + 1) };
  return { start, end: month === undefined ? Date.UTC(y + 1) : Date.UTC(y, m + 1) };
}

function momentSpan(text: string): Span | null {
  const stamp = parseStamp(text);
  if (stamp === null || stamp.offsetSeconds === null) return null;
  const at = Number(instantOfStamp(stamp, stamp.offsetSeconds) / 1000n);
  return { start: at, end: at };
}

/** When a run began, by its id: `20261101T000000Z-0000`. ISO 8601, UTC. */
function momentOf(run: string): string {
  const [, date = '', time = ''] = /^(\d{8})T(\d{6})Z-/.exec(run) ?? [];
  const day = date.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3');
  return `${day}T${time.replace(/^(\d{2})(\d{2})(\d{2})$/, '$1:$2:$3')}.000Z`;
}

/** Whether a run began in a period. */
export function isIn({ from, until }: Period, run: string): boolean {
  const at = momentOf(run);
  return from <= at && at < until;
}

/** `2026-01-01 to 2026-03-31`, with the times where they are not those of whole days. */
export function periodText({ from, until }: Period): string {
  const ends = [from, until].map((stamp) => stamp.replace(/(?::00)?\.000Z$|(\.\d{3})Z$/, '$1 UTC').replace('T', ' '));
  if (!ends.every((end) => end.endsWith(' 00:00 UTC'))) return ends.join(' to ');
  const lastDay = new Date(Date.parse(until) - 1).toISOString();
  return `${from.slice(0, 10)} to ${lastDay.slice(0, 10)}`;
}
