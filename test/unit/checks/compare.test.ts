import { describe, expect, test } from 'vitest';
import { describeAgreement, judgeCompared } from '../../../src/checks/compare/judge-compared.ts';
import { dsnProblem, passwordsIn } from '../../../src/postgres/dsn.ts';
import { planOf, problemsOf } from '../../fixtures/plans.ts';

describe('a value of the copy, against that of production', () => {
  test.each([
    // production, copy, tolerance, at the end of the archive, at a chosen target
    ['100', '100', 0, true, true],
    ['100', '100.0', 0, true, true],
    ['100', '99', 0, false, false],
    ['100', '101', 0, false, true],
    ['100', '95', 5, true, true],
    ['100', '94', 5, false, false],
    ['100', '95', '5%', true, true],
    ['100', '94.9', '5%', false, false],
    ['100', '105', '5%', true, true],
    ['100', '106', '5%', false, true],
    ['-100', '-104', '5%', true, true],
    ['-100', '-106', '5%', false, false],
    ['0', '0', '5%', true, true],
    ['0', '-1', '5%', false, false],
    ['9007199254740993', '9007199254740992', 0, false, false],
    ['2.5.1', '2.5.1', 0, true, true],
    ['2.5.1', '2.5.0', '50%', false, false],
    ['7', 'seven', 9, false, false],
    ['NaN', '7', '5%', false, false],
    ['Infinity', '7', '5%', false, false],
  ] as const)('%s against %s, tolerance %s', (production, copy, tolerance, atTheEnd, chosen) => {
    expect(judgeCompared(production, copy, tolerance, true).agrees).toBe(atTheEnd);
    expect(judgeCompared(production, copy, tolerance, false).agrees).toBe(chosen);
  });

  test('NULL in the copy is another value', () => {
    expect(judgeCompared('1', null, '100%', false)).toEqual({ agrees: false, words: 'another value' });
  });

  test.each([
    [0, true, 'the same as in production'],
    ['0%', false, 'not less than in production'],
    ['1%', true, 'the same as in production, give or take 1%'],
    [5, false, 'not less than in production by more than 5'],
  ] as const)('tolerance %s is said in words', (tolerance, toTheEnd, words) => {
    expect(describeAgreement(tolerance, toTheEnd)).toBe(words);
  });
});

describe('a connection string', () => {
  test.each([
    'postgresql://u:p@db.example.org/shop?sslmode=verify-full&sslrootcert=/etc/ca.pem',
    'postgres://localhost/shop',
    'postgresql://u@[::1]:5433/shop',
    'postgresql://postgres@/shop?host=/run/postgresql',
    'postgresql://db.example.org/shop?sslmode=disable',
    'postgresql://a%zz@db.example.org/shop?sslmode=require',
  ])('%s can be tried', (dsn) => {
    expect(dsnProblem(dsn)).toBeNull();
  });

  test.each([
    ['host=db dbname=shop', 'is no URL'],
    ['postgresql:///shop', 'names no host'],
    ['postgresql://db.example.org/shop', 'says nothing of TLS'],
    ['postgresql://db.example.org/shop?sslmode=require&options=-c%20x=y', 'sets options'],
    ['postgresql://localhost/shop?application_name=x', 'sets options, application_name'],
    ['postgresql://db.example.org/shop?sslmode=require&%6fptions=-c%20x=y', 'sets options'],
    ['postgresql://db.example.org/shop?sslmode=', 'has an sslmode that is none of'],
    ['postgresql://db.example.org/shop?sslmode=verify-ful', 'has an sslmode that is none of'],
    ['postgresql://localhost/shop?host=localhost&host=db.example.org', 'says nothing of TLS'],
    ['postgresql://localhost/shop?%68ost=db.example.org', 'says nothing of TLS'],
    ['postgresql://localhost/?dbname=shop', 'has dbname, which is not taken here'],
    ['postgresql://localhost/shop?service=db.example.org', 'has service'],
  ])('%s is refused, and none of it shown', (dsn, words) => {
    expect(dsnProblem(dsn)).toContain(words);
    expect(dsnProblem(dsn)).not.toContain('db.example.org');
  });
});

test.each([
  ['postgresql://u:p%40ss@h/d', ['p%40ss', 'p@ss']],
  ['postgresql://u:p@ss@h/d', ['p@ss']],
  ['postgresql://u@h/d?password=a%2Bb&sslpassword=c', ['a+b', 'a%2Bb', 'c']],
  ['postgresql://u@h/d', []],
])('the passwords in %s are known, in each spelling', (dsn, passwords) => {
  expect(new Set(passwordsIn(dsn))).toEqual(new Set(passwords));
});

const PLAN = 'name: orders\nsource: { stanza: main }\ncompare:';

describe('in a plan', () => {
  test('has defaults; without it production is not asked', () => {
    expect(planOf('name: orders\nsource: { stanza: main }').compare).toBeNull();
    expect(planOf(`${PLAN} { dsn: 'env:PROD', queries: [{ name: a, sql: select 1 }] }`).compare).toMatchObject({
      tolerance: 0,
      severity: 'critical',
      timeout: 30_000,
      redact: false,
    });
  });

  test.each([
    "{ dsn: 'postgresql://u:hunter2@h/d', queries: [{ name: a, sql: select 1 }] }",
    "{ dsn: 'env:PROD', queries: [] }",
    "{ dsn: 'env:PROD', tolerance: lots, queries: [{ name: a, sql: select 1 }] }",
    "{ dsn: 'env:PROD', tolerance: -1, queries: [{ name: a, sql: select 1 }] }",
  ])('refuses %s', (compare) => {
    const problems = problemsOf(`${PLAN} ${compare}`);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).not.toContain('hunter2');
  });
});
