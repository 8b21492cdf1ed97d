import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { describeExpectation, judgeResult, type Judgement } from '../../../src/checks/expect.ts';
import type { Expectation } from '../../../src/checks/expectation.ts';
import type { QueryResult } from '../../../src/postgres/streamed-query.ts';
import { instant } from '../../fixtures/facts.ts';

const OID = {
  bool: 16,
  int8: 20,
  text: 25,
  float8: 701,
  date: 1082,
  timestamp: 1114,
  timestamptz: 1184,
  numeric: 1700,
  bytea: 17,
} as const;
const REFERENCE = instant('2026-11-21 12:00:00+00');

function result(type: keyof typeof OID, ...values: (string | null)[]): QueryResult {
  return { columns: ['a'], types: [OID[type]], rows: values.map((value) => [value]), rowCount: values.length };
}

const judge = (from: QueryResult, expectation?: Expectation): Judgement => judgeResult(from, expectation, REFERENCE);
const holds = (from: QueryResult, expectation?: Expectation): boolean => {
  const { ok, error } = judge(from, expectation);
  return ok && error === null;
};

const digest = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('without an expectation', () => {
  test('one row with one true holds', () => {
    expect(judge(result('bool', 't'))).toEqual({ ok: true, error: null, observed: 'true' });
  });

  test.each<[string, QueryResult]>([
    ['false', result('bool', 'f')],
    ['NULL', result('bool', null)],
    ['no row', result('bool')],
    ['two rows', result('bool', 't', 't')],
    ['two columns', { columns: ['a', 'b'], types: [OID.bool, OID.bool], rows: [['t', 't']], rowCount: 1 }],
  ])('%s does not hold', (_, from) => {
    expect(judge(from)).toMatchObject({ ok: false, error: null });
  });

  test.each<[string, QueryResult]>([
    ['a text that looks true', result('text', 't')],
    ['a number', result('int8', '1')],
  ])('%s is an error: it is no answer to a yes-or-no question', (_, from) => {
    expect(judge(from)).toMatchObject({ ok: false, error: expect.stringContaining('boolean') });
  });
});

describe('atLeast and atMost', () => {
  test.each([
    ['1000', { atLeast: 1000 }],
    ['1000', { atMost: 1000 }],
    ['5', { atLeast: 1, atMost: 10 }],
    ['0', { atLeast: 0, atMost: 0 }],
    ['-0', { atLeast: 0 }],
    ['-5', { atMost: -5 }],
    ['1e3', { atLeast: 1000 }],
    ['1.5E-3', { atMost: 0.0015 }],
    ['12.50', { atLeast: 12.5 }],
    ['99999999999999999999999999', { atLeast: 1 }],
    ['9007199254740993', { atLeast: 9007199254740992 }],
    ['Infinity', { atLeast: 1 }],
  ])('%s holds for %j', (value, expectation) => {
    expect(holds(result('numeric', value), expectation)).toBe(true);
  });

  test.each([
    ['999', { atLeast: 1000 }],
    ['1001', { atMost: 1000 }],
    ['11', { atLeast: 1, atMost: 10 }],
    ['0', { atLeast: 1, atMost: 10 }],
    ['-1', { atLeast: 0 }],
    ['9007199254740993', { atMost: 9007199254740992 }],
    ['999.9999999999999999999', { atLeast: 1000 }],
    ['-Infinity', { atLeast: 1 }],
    ['Infinity', { atMost: 1 }],
    [null, { atLeast: 0 }],
    [null, { atMost: 0 }],
  ])('%s does not hold for %j', (value, expectation) => {
    expect(judge(result('numeric', value), expectation)).toMatchObject({ ok: false, error: null });
  });

  test.each(['NaN', '', ' ', 'abc', '12 apples', '0x10', '0b11', '1,000', 't', '2026-11-21', '1_000'])(
    '%j is no number: an error',
    (value) => {
      expect(judge(result('text', value), { atLeast: 0 })).toMatchObject({
        ok: false,
        error: expect.stringContaining('no number'),
      });
    },
  );

  test('no row does not hold, even for atMost', () => {
    expect(judge(result('int8'), { atMost: 10 })).toEqual({ ok: false, error: null, observed: 'no row' });
  });

  test('of several values one says nothing of the others', () => {
    const rows = result('int8', '5', '0');
    const observed = '2 rows, the first: 5';
    const error = expect.stringContaining('more than one row') as string;
    expect(judge(rows, { atLeast: 5 })).toEqual({ ok: false, error, observed });
    expect(judge(rows, { atLeast: 5, rows: 2 })).toEqual({ ok: false, error, observed });
    const columns = { columns: ['a', 'b'], types: [OID.int8, OID.int8], rows: [['5', '0']], rowCount: 1 };
    expect(judge(columns, { atLeast: 5 })).toMatchObject({ ok: false, error: expect.stringContaining('one column') });
    expect(holds(columns, { rows: 1 })).toBe(true);
  });
});

describe('equals', () => {
  test.each<[keyof typeof OID, string | null, NonNullable<Expectation['equals']> | null]>([
    ['int8', '42', 42],
    ['numeric', '42.0', 42],
    ['float8', '1e3', 1000],
    ['float8', '-0', 0],
    ['float8', '0.1', 0.1],
    ['bool', 't', true],
    ['bool', 'f', false],
    ['text', 'paid', 'paid'],
    ['text', '', ''],
    ['text', '42', '42'],
    ['text', null, null],
    ['int8', '9007199254740993', '9007199254740993'],
  ])('%s %j is %j', (type, value, wanted) => {
    expect(holds(result(type, value), { equals: wanted })).toBe(true);
  });

  test.each<[keyof typeof OID, string | null, NonNullable<Expectation['equals']> | null]>([
    ['int8', '43', 42],
    ['int8', '9007199254740993', 9007199254740992],
    ['int8', '9007199254740993', 9007199254740994],
    ['numeric', '42.00000000000000000001', 42],
    ['text', '', 0],
    ['text', ' ', 0],
    ['text', '0x2A', 42],
    ['text', 'paid ', 'paid'],
    ['text', 'PAID', 'paid'],
    ['bool', 'f', true],
    ['bool', 't', false],
    ['bool', null, false],
    ['int8', '1', true],
    ['int8', null, 0],
    ['text', null, ''],
    ['text', '', null],
    ['text', 'null', null],
    ['float8', 'NaN', 0],
  ])('%s %j is not %j', (type, value, wanted) => {
    expect(holds(result(type, value), { equals: wanted })).toBe(false);
  });

  test('no row is not even NULL', () => {
    expect(holds(result('text'), { equals: null })).toBe(false);
  });
});

describe('maxAge counts back from the recovery target', () => {
  const tenMinutes = { maxAge: 600_000 };

  test.each([
    ['2026-11-21 11:55:00+00', '2026-11-21T11:55:00.000Z, 5m 00s before 2026-11-21T12:00:00.000Z'],
    ['2026-11-21 11:50:00+00', '2026-11-21T11:50:00.000Z, 10m 00s before 2026-11-21T12:00:00.000Z'],
    ['2026-11-21 14:55:00.5+03', '2026-11-21T11:55:00.500Z, 5m 00s before 2026-11-21T12:00:00.000Z'],
  ])('%s is fresh', (value, observed) => {
    expect(judge(result('timestamptz', value), tenMinutes)).toEqual({ ok: true, error: null, observed });
  });

  test.each(['2026-11-21 12:01:00+00', '2026-11-21 12:00:00.5+00'])(
    '%s is fresh: clocks may run ahead by a minute',
    (value) => {
      expect(holds(result('timestamptz', value), { maxAge: 600_000 })).toBe(true);
      expect(judge(result('timestamptz', value), { maxAge: 600_000 }).observed).toMatch(/, (1m 00s|0\.5 s) after 2026/);
    },
  );

  test.each(['2026-11-21 12:01:00.001+00', '2030-01-01 00:00:00+00'])('%s is not: it says nothing of now', (value) => {
    expect(judge(result('timestamptz', value), { maxAge: 600_000 })).toMatchObject({ ok: false, error: null });
  });

  test('a time without a zone is told how to get one, and a text is cut', () => {
    const cast = { ok: false, error: expect.stringContaining('has no time zone') as string };
    expect(judge(result('timestamp', '2026-11-21 12:00:00'), { maxAge: 1 })).toMatchObject(cast);
    expect(judge(result('date', '2026-11-21'), { maxAge: 1 })).toMatchObject(cast);
    expect(judge(result('text', 'x'.repeat(99)), { maxAge: 1 }).error).toBe(
      `${'x'.repeat(79)}… is no time with a time zone`,
    );
  });

  test.each(['2026-11-21 11:49:59.999+00', '2020-01-01 00:00:00+00', null])('%s is not', (value) => {
    expect(judge(result('timestamptz', value), tenMinutes)).toMatchObject({ ok: false, error: null });
  });

  test.each<[string, keyof typeof OID, string]>([
    ['a time without a zone', 'timestamp', '2026-11-21 11:55:00'],
    ['a date', 'date', '2026-11-21'],
    ['a text without a zone', 'text', '2026-11-21 11:55:00'],
    ['infinity', 'timestamptz', 'infinity'],
    ['a time before Christ', 'timestamptz', '0044-03-15 00:00:00+00 BC'],
    ['a number', 'int8', '1795229570'],
  ])('%s is an error: its age is not certain', (_, type, value) => {
    expect(judge(result(type, value), tenMinutes)).toMatchObject({ ok: false, error: expect.any(String) });
  });

  test('no row is no age', () => {
    expect(judge(result('timestamptz'), tenMinutes)).toEqual({ ok: false, error: null, observed: 'no row' });
  });
});

describe('matches', () => {
  test.each([
    ['v2.1', '^v\\d', true],
    ['x', 'v', false],
    ['ünïcödé', '^\\p{L}+$', true],
    [null, '.*', false],
    ['', '^$', true],
  ])('%j against /%s/: %s', (value, pattern, ok) => {
    expect(holds(result('text', value), { matches: pattern })).toBe(ok);
  });
});

describe('rows', () => {
  test.each([
    [0, [], true],
    [0, ['1'], false],
    [1, [], false],
    [2, ['a', null], true],
  ])('%i of %j: %s', (rows, values, ok) => {
    expect(holds(result('text', ...values), { rows })).toBe(ok);
  });

  test('counts all rows, not those that were kept', () => {
    const many: QueryResult = { columns: ['a'], types: [OID.int8], rows: [['1']], rowCount: 5000 };
    expect(holds(many, { rows: 1 })).toBe(false);
    expect(holds(many, { rows: 5000 })).toBe(true);
  });
});

test('every part of an expectation must hold', () => {
  expect(holds(result('int8', '5'), { rows: 1, atLeast: 5, matches: '5' })).toBe(true);
  expect(holds(result('int8', '5'), { rows: 2, atLeast: 5 })).toBe(false);
  expect(holds(result('int8', '5'), { rows: 1, atLeast: 6 })).toBe(false);
  expect(holds(result('timestamptz', '2026-11-21 11:59:00+00'), { maxAge: 600_000, rows: 2 })).toBe(false);
  expect(holds(result('int8'), { rows: 0, atLeast: 1 })).toBe(false);
});

test('an expectation is told in words', () => {
  expect(describeExpectation(undefined)).toBe('one row with one true');
  expect(describeExpectation({ rows: 1, equals: null })).toBe('1 row and equal to null');
  expect(describeExpectation({ atLeast: 1, atMost: 2, maxAge: 600_000, matches: 'x' })).toBe(
    'at least 1 and at most 2 and at most 10m 00s old and matches /x/',
  );
});

describe('sha256', () => {
  const CANARY = '4d3e6b4a1b0bd8d5f2a0f8c3';

  test.each<[string, QueryResult, string]>([
    ['a text', result('text', CANARY), digest(CANARY)],
    ['a text with letters beyond ASCII', result('text', 'kanarya ğüş'), digest('kanarya ğüş')],
    ['bytes', result('bytea', '\\x00ff10'), digest(Buffer.from([0, 255, 16]))],
    ['no bytes at all', result('bytea', '\\x'), digest('')],
    ['a number', result('int8', '42'), digest('42')],
  ])('%s with this digest holds', (_, from, sha256) => {
    expect(judge(from, { sha256 })).toMatchObject({ ok: true, error: null });
  });

  test.each<[string, QueryResult]>([
    ['one changed letter', result('text', `${CANARY}x`)],
    ['a space behind it', result('text', `${CANARY} `)],
    ['NULL', result('text', null)],
    ['no row', result('text')],
  ])('%s does not hold', (_, from) => {
    expect(judge(from, { sha256: digest(CANARY) })).toMatchObject({ ok: false, error: null });
  });

  test.each<[string, QueryResult]>([
    ['a text that is no UTF-8', result('text', 'a\uFFFDb')],
    ['a bytea in the old form', result('bytea', 'a\\000b')],
    ['two rows', result('text', CANARY, CANARY)],
  ])('%s is an error, and no failure: nobody knows', (_, from) => {
    expect(judge(from, { sha256: digest(CANARY) })).toMatchObject({ ok: false, error: expect.any(String) });
  });

  test('the words name the digest', () => {
    expect(describeExpectation({ sha256: digest(CANARY) })).toBe(`a value with the SHA-256 ${digest(CANARY)}`);
  });
});

test('what is no number is quoted, and an age of nothing is before', () => {
  expect(judge(result('text', 'abc'), { atLeast: 1 }).error).toBe('abc is no number');
  expect(judge(result('timestamptz', '2026-11-21 12:00:00+00'), { maxAge: 1 }).observed).toContain(', 0.0 s before ');
});

describe('what was observed', () => {
  test.each<[string, QueryResult, string]>([
    ['no row', result('bool'), 'no row'],
    ['false', result('bool', 'f'), 'false'],
    ['NULL', result('bool', null), 'NULL'],
    ['several rows', result('text', 'a', 'b'), '2 rows, the first: a'],
    ['rows that were not kept', { ...result('text'), rowCount: 3 }, '3 rows, the first: NULL'],
  ])('%s', (_, from, observed) => {
    expect(judge(from).observed).toBe(observed);
  });

  test('no row at all is no error, and does not hold, whatever type was asked for', () => {
    expect(judge(result('text'))).toEqual({ ok: false, error: null, observed: 'no row' });
    expect(judge({ columns: ['a'], types: [OID.bool], rows: [], rowCount: 1 }).ok).toBe(false);
  });
});

test('a number that JavaScript has rounded equals nothing', () => {
  // oxlint-disable-next-line no-loss-of-precision -- as a plan may have it
  const rounded = 9007199254740993;
  expect(holds(result('int8', '9007199254740992'), { equals: rounded })).toBe(false);
  expect(holds(result('int8', '9007199254740991'), { equals: Number.MAX_SAFE_INTEGER })).toBe(true);
  expect(holds(result('float8', '0.5'), { equals: 0.5 })).toBe(true);
});

test('a part of an expectation that is not there asks for nothing', () => {
  expect(holds(result('int8', '1', '2'), { rows: 2, equals: undefined, atLeast: undefined })).toBe(true);
  expect(describeExpectation({ rows: 2 })).toBe('2 rows');
});
