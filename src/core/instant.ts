/**
 * A moment as whole microseconds since 1970 UTC. PostgreSQL keeps microseconds and a recovery target needs them all;
 * a JavaScript Date would drop three digits.
 */
export type Instant = bigint;

/** The instant of a Date, or of milliseconds since 1970. */
export function instantOf(date: Date | number): Instant {
  return BigInt(typeof date === 'number' ? Math.round(date) : date.getTime()) * 1000n;
}

/** Whole milliseconds from `earlier` to `later`; negative when the order is the other way. */
export function millisecondsBetween(earlier: Instant, later: Instant): number {
  return Number((later - earlier) / 1000n);
}

const STAMP =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?(?::?\d{2})?)?$/i;

interface StampParts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly micros: number;
  /** Offset east of UTC in seconds; null when the text names no zone. */
  readonly offsetSeconds: number | null;
}

/** The fields of a time stamp in the forms of PostgreSQL and ISO 8601, or null when it is none or no such day exists. */
export function parseStamp(text: string): StampParts | null {
  const match = STAMP.exec(text.trim());
  if (!match) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const sameDay = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!sameDay || hour > 23 || minute > 59 || second > 59 || !ZONE.test(match[8] ?? '')) return null;
  const micros = Number((match[7] ?? '').slice(0, 6).padEnd(6, '0'));
  return { year, month, day, hour, minute, second, micros, offsetSeconds: offsetSeconds(match[8]) };
}

/** Offsets go up to 15:59:59, as in PostgreSQL. */
const ZONE = /^(?:[A-Z]*|[+-](?:0\d|1[0-5])(?::?[0-5]\d){0,2})$/i;

function offsetSeconds(zone: string | undefined): number | null {
  if (zone === undefined) return null;
  const match = /^([+-])(\d{2}):?(\d{2})?:?(\d{2})?$/.exec(zone);
  if (!match) return 0;
  const size = Number(match[2]) * 3600 + Number(match[3] ?? 0) * 60 + Number(match[4] ?? 0);
  return match[1] === '-' ? -size : size;
}

/** The instant of fields that carry their offset. */
export function instantOfStamp(parts: StampParts, offset: number): Instant {
  const ms = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second) - offset * 1000;
  return BigInt(ms) * 1000n + BigInt(parts.micros);
}

/** The instant of a time stamp that names its zone (`2026-11-21 02:52:55.066994+00`), or null. */
export function parseInstant(text: string): Instant | null {
  const parts = parseStamp(text);
  return parts && parts.offsetSeconds !== null ? instantOfStamp(parts, parts.offsetSeconds) : null;
}

/** ISO 8601 in UTC; microseconds only where there are any below the millisecond. */
export function formatInstant(instant: Instant): string {
  const below = Number(microsOf(instant) % 1000n);
  const iso = isoOf(instant);
  return below === 0 ? iso : iso.replace('Z', `${String(below).padStart(3, '0')}Z`);
}

/** The microseconds below the second; before 1970 too they count forward. */
function microsOf(instant: Instant): bigint {
  return ((instant % 1_000_000n) + 1_000_000n) % 1_000_000n;
}

function isoOf(instant: Instant): string {
  return new Date(Number((instant - (microsOf(instant) % 1000n)) / 1000n)).toISOString();
}

/**
 * `YYYY-MM-DD HH:MM:SS.ffffff+00`: the only form that both pgBackRest and PostgreSQL read alike. pgBackRest rejects
 * ISO 8601 (exit 29), and without an offset each of the two applies a time zone of its own (pgBackRest #2452).
 */
export function formatForPostgres(instant: Instant): string {
  const iso = isoOf(instant);
  const micros = String(microsOf(instant)).padStart(6, '0');
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}.${micros}+00`;
}
