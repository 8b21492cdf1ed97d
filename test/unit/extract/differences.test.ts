import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Column } from '../../../src/extract/catalog.ts';
import { commonColumns, countDifferences } from '../../../src/extract/compare-states.ts';
import { compareKeys, differenceIn } from '../../../src/extract/differences.ts';
import { isOrderedAlike, keyedSql, rowSql } from '../../../src/extract/keyed-sql.ts';
import type { RowBatches } from '../../../src/postgres/keyed-rows.ts';

const column = (name: string, type: string): Column => ({ name, type, isGenerated: false });
const ID = column('id', 'bigint');
const TEXT = column('k', 'text');
const table = { schema: 'shop', name: 'Or"ders' };

/** Rows in batches of two: the end of a batch is no end of the rows. */
async function* inTwos(rows: readonly (readonly (string | null)[])[]): RowBatches {
  for (let at = 0; at < rows.length; at += 2) yield await Promise.resolve(rows.slice(at, at + 2));
}

/** A state of a table in the order of its keys. */
const rows = (of: Record<string, string>): string[][] =>
  Object.entries(of).toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

const compared = (key: readonly Column[], before: (string | null)[][], after: (string | null)[][], limit = 10) =>
  countDifferences(
    { table, key, columns: ['id', 'v'], where: null },
    { before: inTwos(before), after: inTwos(after) },
    { limit, notes: [] },
  );

test('rows are paired by their key, and what only one state has is added or removed', async () => {
  const found = await compared(
    [ID],
    [
      ['2', 'a'],
      ['9', 'b'],
      ['10', 'c'],
      ['11', 'd'],
    ],
    [
      ['1', 'x'],
      ['9', 'b'],
      ['10', 'C'],
    ],
  );
  expect(found.counts).toEqual({ same: 1, added: 1, removed: 2, changed: 1 });
  expect(found.first.map((pair) => differenceIn(pair, [])?.kind)).toEqual(['added', 'removed', 'changed', 'removed']);
  expect((await compared([ID], [['1', 'a']], [], 0)).first).toEqual([]);
});

test('without a key whole rows are counted, as often as they are there', async () => {
  const found = await compared(
    [],
    [
      ['aa', '3'],
      ['bb', '1'],
    ],
    [
      ['aa', '1'],
      ['cc', '2'],
    ],
  );
  expect(found.counts).toEqual({ same: 1, added: 2, removed: 3, changed: 0 });
  expect(found.first).toEqual([]);
  expect(found.notes).toEqual([expect.stringContaining('whole rows were counted')]);
});

test('a key that several rows have tells none apart, and an order that is none is a bug', async () => {
  await expect(
    compared(
      [ID],
      [
        ['1', 'a'],
        ['1', 'b'],
      ],
      [],
    ),
  ).rejects.toMatchObject({ code: 'plan-invalid' });
  await expect(
    compared(
      [ID],
      [
        ['2', 'a'],
        ['1', 'b'],
      ],
      [],
    ),
  ).rejects.toThrow('order of their key');
});

test('any two states are compared as sets of rows would be', async () => {
  const state = fc.dictionary(fc.string({ unit: 'binary' }), fc.constantFrom('a', 'b'), { noNullPrototype: true });
  await fc.assert(
    fc.asyncProperty(state, state, async (before, after) => {
      const { counts } = await compared([TEXT], rows(before), rows(after), 0);
      const keys = Object.keys(before);
      const both = keys.filter((key) => Object.hasOwn(after, key));
      const same = both.filter((key) => before[key] === after[key]).length;
      const added = Object.keys(after).length - both.length;
      expect(counts).toEqual({ same, changed: both.length - same, removed: keys.length - both.length, added });
    }),
    { numRuns: 200 },
  );
});

test('numbers are in the order of numbers, all else in that of its bytes in UTF-8', () => {
  expect(compareKeys([ID], ['-10'], ['9'])).toBe(-1);
  expect(compareKeys([ID], ['9223372036854775807'], ['9223372036854775806'])).toBe(1);
  expect(compareKeys([TEXT], ['10'], ['9'])).toBe(-1);
  expect(compareKeys([TEXT], ['\u{1F600}'], ['\uFF5E'])).toBe(1);
  expect(compareKeys([ID, TEXT], ['1', 'a'], ['1', 'a'])).toBe(0);
  expect(isOrderedAlike(ID, column('id', 'integer'))).toBe(true);
  expect(isOrderedAlike(ID, TEXT)).toBe(false);
});

test('what is asked is in quotes, and ends a comment behind a condition', () => {
  const sql = keyedSql({ table, key: [ID, TEXT], columns: ['id', 'a"b'], where: 'id > 1 --' }, true);
  expect(sql).toBe(
    'select "id"::text as "pgdrill 1", "k"::text as "pgdrill 2", md5(row("id", "a""b")::text) as "pgdrill 3", "id"::text as "pgdrill 4", ' +
      '"a""b"::text as "pgdrill 5" from "shop"."Or""ders" where (id > 1 --\n) order by "id", convert_to("k"::text, \'UTF8\')',
  );
  expect(keyedSql({ table, key: [], columns: ['v'], where: null }, false)).toContain('count(*)::text from');
  expect(rowSql({ table, key: [ID, TEXT], columns: ['v'], where: null }, ['1', "it's"])).toBe(
    `select "v"::text from "shop"."Or""ders" where "id" = '1'::bigint and "k" = 'it''s'::text`,
  );
});

test('columns that one state lacks are not compared, and that is said', () => {
  expect(commonColumns(['a', 'b'], ['b', 'c'], 'production')).toEqual({
    columns: ['b'],
    notes: [
      'not compared, since production has no such column: a',
      'not compared, since the copy has no such column: c',
    ],
  });
});
