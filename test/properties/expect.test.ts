import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareDecimals } from '../../src/checks/decimal.ts';
import { judgeResult } from '../../src/checks/expect.ts';
import { expectation, type Expectation } from '../../src/checks/expectation.ts';
import { expectHolds, hostileText } from '../fixtures/properties.ts';

const SCALE = 120;

/** A number as a whole number of 10^-120, and a way to write it. */
const decimal = fc
  .tuple(
    fc.constantFrom('', '-', '+'),
    fc.stringMatching(/^\d{0,25}$/),
    fc.option(fc.stringMatching(/^\d{0,25}$/), { nil: null }),
    fc.option(fc.tuple(fc.constantFrom('e', 'E', 'e+', 'E-'), fc.nat(60)), { nil: null }),
  )
  .filter(([, whole, fraction]) => `${whole}${fraction ?? ''}` !== '')
  .map(([sign, whole, fraction, power]) => {
    const exponent = power === null ? 0 : power[0].endsWith('-') ? -power[1] : power[1];
    const digits = BigInt(`${whole}${fraction ?? ''}`) * 10n ** BigInt(SCALE + exponent - (fraction ?? '').length);
    const text = `${sign}${whole}${fraction === null ? '' : `.${fraction}`}${power === null ? '' : power.join('')}`;
    return { text, value: sign === '-' ? -digits : digits };
  });

const signOf = (value: bigint): number => (value === 0n ? 0 : value < 0n ? -1 : 1);

test('numbers are compared by all their digits', () => {
  expectHolds(
    fc.property(decimal, decimal, (a, b) => {
      expect(compareDecimals(a.text, b.text)).toBe(signOf(a.value - b.value));
      expect(compareDecimals(a.text, a.text)).toBe(0);
      expect(compareDecimals(a.text, 'Infinity')).toBeLessThan(0);
      expect(compareDecimals(a.text, '-Infinity')).toBeGreaterThan(0);
    }),
  );
});

test('what PostgreSQL would not print as a number is none', () => {
  const odd = fc.oneof(
    hostileText,
    fc.constantFrom(
      'NaN',
      '0x10',
      '1_000',
      '1,5',
      '',
      '.',
      '-',
      'e5',
      '1e',
      'xInfinity',
      'Infinityx',
      '--1',
      '1e1e1',
      '١',
    ),
    fc.tuple(decimal, hostileText).map(([{ text }, more]) => text + more),
  );
  expectHolds(
    fc.property(odd, (text) => {
      const isNumber = /^[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|Infinity)$/i.test(text.trim());
      if (!isNumber) expect(compareDecimals(text, '0')).toBeNull();
    }),
  );
});

const TEXT = 25;
const NUMERIC = 1700;

const cell = fc.oneof(
  decimal.map(({ text }) => text),
  fc.constantFrom(null, 't', 'f', 'NaN', '', '1', '10', '2026-11-21 12:00:00+00'),
  hostileText,
);
const result = fc
  .tuple(fc.array(fc.array(cell, { minLength: 1, maxLength: 2 }), { maxLength: 3 }), fc.nat(1))
  .map(([rows, more]) => {
    const columns = rows[0]?.map((_, index) => `c${index}`) ?? ['c0'];
    const rowCount = rows.length + (rows.length > 0 ? more : 0);
    return { columns, types: columns.map(() => (more === 0 ? NUMERIC : TEXT)), rows, rowCount };
  });
const wanted: fc.Arbitrary<Expectation> = fc
  .record(
    {
      equals: fc.oneof(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.constantFrom('', '1', 't'),
      ),
      atLeast: fc.double({ noNaN: true, noDefaultInfinity: true }),
      atMost: fc.double({ noNaN: true, noDefaultInfinity: true }),
      rows: fc.nat(4),
      maxAge: fc.nat(100_000),
    },
    { requiredKeys: [] },
  )
  .filter(
    (given) =>
      expectation.safeParse({ ...given, ...(given.maxAge !== undefined && { maxAge: `${given.maxAge}ms` }) }).success,
  );

const REFERENCE = BigInt(Date.UTC(2026, 10, 21, 12, 0, 30)) * 1000n;

test('what passes holds: one value, and every part of what was expected of it', () => {
  expectHolds(
    fc.property(result, wanted, (given, expected) => {
      const { ok, error } = judgeResult(given, expected, REFERENCE);
      if (!ok) return;
      expect(error).toBeNull();
      const { rows, equals, atLeast, atMost, maxAge } = expected;
      const value = given.rows[0]?.[0];
      if (rows !== undefined) expect(given.rowCount).toBe(rows);
      if (Object.keys(expected).every((key) => key === 'rows')) return;
      expect([given.rowCount, given.columns.length]).toEqual([1, 1]);
      if (equals === null) expect(value).toBeNull();
      if (typeof equals === 'string') expect(value).toBe(equals);
      if (typeof equals === 'boolean') expect(value).toBe(equals ? 't' : 'f');
      if (typeof equals === 'number') expect(Number(value)).toBe(equals);
      if (atLeast !== undefined) expect(compareDecimals(value ?? '', String(atLeast))).toBeGreaterThanOrEqual(0);
      if (atMost !== undefined) expect(compareDecimals(value ?? '', String(atMost))).toBeLessThanOrEqual(0);
      if (maxAge !== undefined)
        expect(
          Math.abs(new Date('2026-11-21T12:00:30Z').getTime() - new Date(value ?? '').getTime()),
        ).toBeLessThanOrEqual(Math.max(maxAge, 60_000));
    }),
  );
});

test('without an expectation one true in one row passes, and nothing else', () => {
  const BOOLEAN = 16;
  expectHolds(
    fc.property(result, fc.boolean(), (given, isBoolean) => {
      const typed = { ...given, types: given.types.map(() => (isBoolean ? BOOLEAN : TEXT)) };
      const isTrue = isBoolean && given.rowCount === 1 && given.columns.length === 1 && given.rows[0]?.[0] === 't';
      expect(judgeResult(typed, undefined, REFERENCE).ok).toBe(isTrue);
    }),
  );
});
