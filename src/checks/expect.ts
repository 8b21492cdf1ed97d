import { formatDuration } from '../core/duration.ts';
import { formatInstant, millisecondsBetween, parseInstant, type Instant } from '../core/instant.ts';
import type { Expectation } from './expectation.ts';
import type { QueryResult } from '../postgres/streamed-query.ts';
import { compareDecimals } from './decimal.ts';
import { valueDigest } from './value-digest.ts';
import { shortened } from '../core/shortened.ts';

/** Whether a result is what was expected. */
export interface Judgement {
  readonly ok: boolean;
  /** Set when the question itself could not be answered from this result. */
  readonly error: string | null;
  readonly observed: string;
}

const BOOLEAN = 16;
const DATE = 1082;
const TIMESTAMP = 1114;

/** What an expectation says, in words. */
export function describeExpectation(expect: Expectation | undefined): string {
  if (!expect) return 'one row with one true';
  const parts: string[] = [];
  if (expect.rows !== undefined) parts.push(`${expect.rows} ${expect.rows === 1 ? 'row' : 'rows'}`);
  if (expect.equals !== undefined) parts.push(`equal to ${String(expect.equals)}`);
  if (expect.atLeast !== undefined) parts.push(`at least ${expect.atLeast}`);
  if (expect.atMost !== undefined) parts.push(`at most ${expect.atMost}`);
  if (expect.maxAge !== undefined) parts.push(`at most ${formatDuration(expect.maxAge)} old`);
  if (expect.matches !== undefined) parts.push(`matches /${expect.matches}/`);
  if (expect.sha256 !== undefined) parts.push(`a value with the SHA-256 ${expect.sha256}`);
  return parts.join(' and ');
}

/**
 * Judges a result. Every part of the expectation must hold. A value is expected of one row with one column; an empty result
 * and NULL satisfy none but `rows` and `equals: null`. `reference` is the moment that `maxAge` counts back from.
 */
export function judgeResult(result: QueryResult, expect: Expectation | undefined, reference: Instant): Judgement {
  if (!expect) return judgeTrue(result);
  const observed = observedText(result);
  const first = result.rows[0]?.[0];
  const failures: boolean[] = [];
  if (expect.rows !== undefined) failures.push(result.rowCount === expect.rows);
  if (Object.keys(expect).some((key) => key !== 'rows' && expect[key as keyof Expectation] !== undefined)) {
    if (first === undefined) return { ok: false, error: null, observed: 'no row' };
    const error = whyNotOneValue(result);
    if (error !== null) return { ok: false, error, observed };
    if (expect.equals !== undefined) failures.push(equals(first, expect.equals));
    if (expect.atLeast !== undefined || expect.atMost !== undefined) {
      const within = isWithin(first, expect);
      if (within === null) return { ok: false, error: `${first ?? 'NULL'} is no number`, observed };
      failures.push(within);
    }
    if (expect.sha256 !== undefined) {
      const digest = first === null ? '' : valueDigest(first, result.types[0] ?? 0);
      if (digest === null) return { ok: false, error: NO_BYTES, observed };
      failures.push(digest === expect.sha256);
    }
    if (expect.matches !== undefined) failures.push(first !== null && new RegExp(expect.matches, 'u').test(first));
    if (expect.maxAge !== undefined) {
      const age = ageOf(result, reference);
      if (age.error !== null) return { ok: false, error: age.error, observed };
      failures.push(age.ms !== null && age.ms <= expect.maxAge && age.ms >= -MOST_AHEAD_MS);
      return { ok: failures.every(Boolean), error: null, observed: age.text };
    }
  }
  return { ok: failures.every(Boolean), error: null, observed };
}

const NO_BYTES =
  'the bytes of the value cannot be told: the database has another encoding than UTF-8, or bytea_output is escape; store it as ASCII text';

/** Which row comes first may be chance; a query for more values expects something of each. */
function whyNotOneValue({ rowCount, columns }: QueryResult): string | null {
  if (rowCount > 1)
    return 'the query returns more than one row, and one value is expected; ask for one row, with min, max or bool_and';
  if (columns.length > 1)
    return 'the query returns more than one column, and one value is expected; ask for each in a check of its own';
  return null;
}

function judgeTrue(result: QueryResult): Judgement {
  const observed = observedText(result);
  if (result.types[0] !== BOOLEAN && result.rowCount > 0) {
    return { ok: false, error: 'without expect the query must return a boolean', observed };
  }
  return {
    ok: result.rowCount === 1 && result.columns.length === 1 && result.rows[0]?.[0] === 't',
    error: null,
    observed,
  };
}

function observedText({ rows, rowCount, types }: QueryResult): string {
  if (rowCount === 0) return 'no row';
  const value = rows[0]?.[0];
  const text = types[0] === BOOLEAN && value !== null ? String(value === 't') : (value ?? 'NULL');
  return rowCount === 1 ? text : `${rowCount} rows, the first: ${text}`;
}

/** Whether a value lies between atLeast and atMost; null when it is no number. NULL lies nowhere. */
function isWithin(value: string | null, { atLeast, atMost }: Expectation): boolean | null {
  if (value === null) return false;
  const toLeast = compareDecimals(value, String(atLeast ?? '-Infinity'));
  const toMost = compareDecimals(value, String(atMost ?? 'Infinity'));
  return toLeast === null || toMost === null ? null : toLeast >= 0 && toMost <= 0;
}

function equals(value: string | null, wanted: string | number | boolean | null): boolean {
  if (value === null || wanted === null) return value === wanted;
  if (typeof wanted === 'boolean') return value === (wanted ? 't' : 'f');
  if (typeof wanted === 'string') return value === wanted;
  return compareDecimals(value, String(wanted)) === 0 && (!Number.isInteger(wanted) || Number.isSafeInteger(wanted));
}

/** Clocks of applications may run ahead a little; a row that is dated far into the future says nothing about freshness. */
const MOST_AHEAD_MS = 60_000;

function ageOf(
  { rows, types }: QueryResult,
  reference: Instant,
): { ms: number | null; text: string; error: string | null } {
  const value = rows[0]?.[0] ?? null;
  if (value === null) return { ms: null, text: 'NULL', error: null };
  if (types[0] === TIMESTAMP || types[0] === DATE) {
    return {
      ms: null,
      text: value,
      error: "the time has no time zone, so its age is not certain; cast it: … at time zone 'UTC'",
    };
  }
  const instant = parseInstant(value);
  if (instant === null) return { ms: null, text: value, error: `${shortened(value)} is no time with a time zone` };
  const ms = millisecondsBetween(instant, reference);
  return {
    ms,
    text: `${formatInstant(instant)}, ${ms < 0 ? `${formatDuration(-ms)} after` : `${formatDuration(ms)} before`} ${formatInstant(reference)}`,
    error: null,
  };
}
