import { describe, expect, test } from 'vitest';
import { compareStates, type Differences } from '../../../src/checks/baseline/compare-states.ts';
import { readState, type RelationState, type State } from '../../../src/checks/baseline/state.ts';
import { isWithoutNames, withoutNames } from '../../../src/checks/baseline/without-names.ts';
import { planOf, problemsOf } from '../../fixtures/plans.ts';

const relation = (name: string, changes: Partial<RelationState> = {}): RelationState => ({
  name,
  kind: 'r',
  rows: 10_000,
  exactRows: null,
  bytes: 8192,
  schema: 'a',
  ...changes,
});

const stateOf = (...relations: RelationState[]): State => ({
  version: 1,
  databases: [{ name: 'shop', bytes: 1, functions: 'f', relations }],
});

const compare = (before: State, now: State): Differences =>
  compareStates(before, now, { fewer: 30, fewerOf: (_, name) => (name === 'public.loose' ? 50 : 0) });

const NOTHING = { gone: [], fewer: [], changed: [] };

test('the same, and what is new, are no differences', () => {
  expect(compare(stateOf(relation('public.a')), stateOf(relation('public.a'), relation('public.b')))).toEqual(NOTHING);
});

test('a table and a database that were there are gone', () => {
  expect(compare(stateOf(relation('public.a')), stateOf())).toEqual({ ...NOTHING, gone: ['shop: public.a'] });
  expect(compare(stateOf(relation('public.a')), { version: 1, databases: [] }).gone).toEqual(['database shop']);
});

test.each([
  ['an estimate within the limit', { rows: 10_000 }, { rows: 7000 }, false],
  ['an estimate below it', { rows: 10_000 }, { rows: 6999 }, true],
  ['an emptied table', { rows: 10_000 }, { rows: 0 }, true],
  ['no estimate any more', { rows: 10_000 }, { rows: null }, false],
  ['a small table', { rows: 999 }, { rows: 0 }, false],
  ['a count of one less', { exactRows: 5 }, { exactRows: 4 }, true],
  ['a count of more', { exactRows: 5, rows: 10_000 }, { exactRows: 6, rows: 0 }, false],
  ['a count of zero', { exactRows: 5 }, { exactRows: 0 }, true],
])('%s', (_, before, now, isFewer) => {
  const { fewer } = compare(stateOf(relation('public.a', before)), stateOf(relation('public.a', now)));
  expect(fewer.length).toBe(isFewer ? 1 : 0);
});

const count = (exactRows: number): State => stateOf(relation('public.loose', { exactRows }));

test('a counted table may lose what the plan allows', () => {
  expect(compare(count(10), count(5)).fewer).toEqual([]);
  expect(compare(count(10), count(4)).fewer).toEqual([{ name: 'shop: public.loose', before: 10, now: 4, exact: true }]);
});

test('what is defined otherwise is said', () => {
  const now = stateOf(relation('public.a', { schema: 'b' }));
  const [database] = now.databases;
  expect(compare(stateOf(relation('public.a')), now).changed).toEqual(['shop: public.a']);
  const other = { ...now, databases: database ? [{ ...database, functions: 'g' }] : [] };
  expect(compare(now, other).changed).toEqual(['functions of shop']);
});

test('digests stand for names, and are digested once', () => {
  const plain = stateOf(relation('public.a'), relation('public.loose'));
  const hidden = withoutNames(plain);
  expect(JSON.stringify(hidden)).not.toContain('public');
  expect([isWithoutNames(plain), isWithoutNames(hidden)]).toEqual([false, true]);
  expect(withoutNames(hidden)).toEqual(hidden);
  expect(compare(hidden, withoutNames(plain))).toEqual(NOTHING);
});

test.each(['', '{', '{"version":2,"databases":[]}', '{"version":1}'])('%j is no state', (text) => {
  expect(readState(text)).toBeNull();
});

describe('in a plan', () => {
  const PLAN = 'name: orders\nsource: { stanza: main }\nbaseline: ';

  test('has defaults; without it nothing is compared', () => {
    expect(planOf(`${PLAN}{}`).baseline).toMatchObject({ fewer: 30, exact: [], fresh: false });
    expect(planOf('name: orders\nsource: { stanza: main }').baseline).toBeNull();
  });

  test.each(['orders', 'a.b.c', "public.o'; drop", 'public.orders where true'])('refuses to count %s', (table) => {
    expect(problemsOf(`${PLAN}{ exact: [{ table: ${JSON.stringify(table)} }] }`)).toHaveLength(1);
  });
});
