import { describe, expect, test } from 'vitest';
import {
  formatForPostgres,
  formatInstant,
  instantOf,
  millisecondsBetween,
  parseInstant,
  parseStamp,
} from '../../../src/core/instant.ts';

const at = (iso: string, micros = 0n): bigint => instantOf(new Date(iso)) + micros;

describe('parseInstant', () => {
  test.each([
    ['2026-11-21 02:52:55.066994+00', at('2026-11-21T02:52:55.066Z', 994n)],
    ['2026-11-21 02:52:55.1+00', at('2026-11-21T02:52:55.100Z')],
    ['2026-11-21T02:52:55Z', at('2026-11-21T02:52:55Z')],
    ['2026-11-21T02:52:55.066994123Z', at('2026-11-21T02:52:55.066Z', 994n)],
    ['2026-11-21 02:52:55 UTC', at('2026-11-21T02:52:55Z')],
    ['2026-11-21 02:52+00', at('2026-11-21T02:52:00Z')],
    ['2026-11-21 05:52:55+03', at('2026-11-21T02:52:55Z')],
    ['2026-11-21 05:52:55 +03:00', at('2026-11-21T02:52:55Z')],
    ['2026-11-20 23:22:55-0330', at('2026-11-21T02:52:55Z')],
    ['1900-01-01 00:19:32+00:19:32', at('1900-01-01T00:00:00Z')],
    ['2024-02-29 00:00:00+00', at('2024-02-29T00:00:00Z')],
  ])('%j', (text, instant) => {
    expect(parseInstant(text)).toBe(instant);
  });

  test.each([
    ['no zone', '2026-11-21 02:52:55'],
    ['a zone by name', '2026-11-21 02:52:55 CET'],
    ['no time', '2026-11-21'],
    ['a day that does not exist', '2026-02-29 00:00:00+00'],
    ['a month that does not exist', '2026-13-01 00:00:00+00'],
    ['an hour that does not exist', '2026-11-21 24:00:00+00'],
    ['a minute that does not exist', '2026-11-21 02:60:00+00'],
    ['a second that does not exist', '2026-11-21 02:52:60+00'],
    ['a year that JavaScript takes for another', '0050-01-01 00:00:00+00'],
    ['an offset that no place has', '2026-11-21 02:52:55+99'],
    ['an offset with impossible minutes', '2026-11-21 02:52:55+02:75'],
    ['words', 'yesterday'],
    ['infinity', 'infinity'],
    ['nothing', ''],
  ])('refuses %s', (_, text) => {
    expect(parseInstant(text)).toBeNull();
  });
});

test('a stamp without a zone says so, instead of standing for UTC', () => {
  expect(parseStamp('2026-11-21 02:52:55')?.offsetSeconds).toBeNull();
});

test('the form for pgBackRest and PostgreSQL keeps all microseconds and names its offset', () => {
  expect(formatForPostgres(at('2026-11-21T02:52:55.066Z', 994n))).toBe('2026-11-21 02:52:55.066994+00');
  expect(formatForPostgres(at('2026-11-21T02:52:55Z'))).toBe('2026-11-21 02:52:55.000000+00');
});

test.each([
  [at('2026-11-21T02:52:55.066Z', 994n), '2026-11-21T02:52:55.066994Z'],
  [at('2026-11-21T02:52:55.066Z', 4n), '2026-11-21T02:52:55.066004Z'],
  [at('2026-11-21T02:52:55.066Z'), '2026-11-21T02:52:55.066Z'],
  [-1n, '1969-12-31T23:59:59.999999Z'],
])('%i reads %j, and back', (instant, text) => {
  expect(formatInstant(instant)).toBe(text);
  expect(parseInstant(text)).toBe(instant);
  expect(parseInstant(formatForPostgres(instant))).toBe(instant);
});

test('the time between two instants is negative when their order is the other way', () => {
  expect(millisecondsBetween(1_000_000n, 3_500_000n)).toBe(2500);
  expect(millisecondsBetween(3_500_000n, 1_000_000n)).toBe(-2500);
});
