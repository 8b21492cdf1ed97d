import { expect, test } from 'vitest';
import { standingOf } from '../../../src/extract/extract.ts';
import { entriesNeeded, neededText, withoutWaysOut } from '../../../src/extract/needs.ts';
import { forAnyClient, readArchiveList } from '../../../src/postgres/archive-list.ts';
import { saidWithoutData } from '../../../src/postgres/program-output.ts';

const LIST = `;
; Archive created at 2026-05-13 14:32:00 UTC
;
2; 3079 16400 EXTENSION - citext${' '}
6; 2615 16390 SCHEMA - shop postgres
7; 2615 2200 SCHEMA - public postgres
612; 1247 16420 TYPE shop mood postgres
214; 1259 16430 TABLE shop Order "Lines" postgres
215; 1259 16440 TABLE shop parts_a postgres
3205; 0 0 TABLE ATTACH shop parts_a postgres
3300; 0 0 TABLE DATA shop parts_a postgres
3210; 2606 16450 FK CONSTRAINT shop orders orders_fkey postgres
3211; 0 0 INDEX ATTACH shop parts_a_pkey postgres
3212; 2606 16451 CONSTRAINT shop parts_a parts_a_pkey postgres
`;
const ENTRIES = readArchiveList(LIST);

test('a list of a dump is read line by line, and each entry has a name for people', () => {
  expect(ENTRIES).toHaveLength(11);
  expect(ENTRIES.map(neededText)).toEqual([
    'extension citext',
    'schema shop',
    'schema public',
    'type shop.mood',
    'table shop.Order "Lines"',
    'table shop.parts_a',
    'table attach shop.parts_a',
    'table data shop.parts_a',
    'fk constraint shop.orders orders_fkey',
    'index attach shop.parts_a_pkey',
    'constraint shop.parts_a parts_a_pkey',
  ]);
});

test('what a dump needs is what it refers to and has not itself; public is everywhere', () => {
  const needed = new Set(['3079 16400', '2615 16390', '2615 2200', '1247 16420', '1259 16430', '2606 16450']);
  const own = ENTRIES.filter(({ oid }) => oid === '16430');
  expect(entriesNeeded(needed, ENTRIES, own).map(({ oid }) => oid)).toEqual(['16400', '16390', '16420']);
});

test('foreign keys that lead out, and the places of partitions in a parent that is not there, are left out', () => {
  const foreignKeys = [{ oid: '16450', name: 'orders_fkey', of: 'shop.orders', to: 'shop.customers' }];
  const attached = [
    { schema: 'shop', name: 'parts_a', to: 'shop.parts', isIndex: false },
    { schema: 'shop', name: 'parts_a_pkey', to: 'shop.parts_pkey', isIndex: true },
  ];
  const left = ENTRIES.filter((entry) => !withoutWaysOut(ENTRIES, { foreignKeys, attached }).includes(entry));
  expect(left.map(({ tag }) => tag)).toEqual(['TABLE ATTACH', 'FK CONSTRAINT', 'INDEX ATTACH']);
});

test('a script loses the commands of psql and the limits that it lifts, and nothing that was dumped', () => {
  const dumped = "CREATE TABLE t (v text DEFAULT 'a\nSET statement_timeout = 0;\n\\restrict x\n\\unrestrict x\n');";
  const script = [
    '--',
    '\\restrict abc',
    '',
    'SET statement_timeout = 0;',
    'SET transaction_timeout = 0;',
    "SET client_encoding = 'UTF8';",
    "SELECT pg_catalog.set_config('search_path', '', false);",
    dumped,
    '--',
    '\\unrestrict abc',
    '',
  ].join('\n');
  expect(forAnyClient(script)).toBe(
    ['--', '', "SET client_encoding = 'UTF8';", "SELECT pg_catalog.set_config('search_path', '', false);", dumped].join(
      '\n',
    ),
  );
  expect(forAnyClient('')).toBe('');
});

test('of what pg_restore says no line is told that may hold a row', () => {
  const said = `pg_restore: while PROCESSING TOC:
pg_restore: from TOC entry 3300; 0 16440 TABLE DATA parts_a postgres
pg_restore: error: COPY failed for table "parts_a": ERROR:  duplicate key value violates unique constraint "parts_a_pkey"
DETAIL:  Key (name)=(Smith) already exists.
CONTEXT:  COPY parts_a, line 2: "Smith"
Command was: COPY shop.parts_a (name) FROM stdin;
`;
  expect(saidWithoutData(said)).toBe(
    'COPY failed for table "parts_a": ERROR:  duplicate key value violates unique constraint "parts_a_pkey"',
  );
  expect(saidWithoutData('pg_dump: error: query failed: ERROR:  x\npg_dump: detail: Query was: SELECT 1\n')).toBe(
    'query failed: ERROR:  x',
  );
});

test('rows that are not the same after a trial, or were not tried, are never whole', () => {
  const table = {
    schema: 'a',
    name: 'b',
    oid: '1',
    kind: 'r',
    columns: [],
    key: [],
    tree: [],
    sequences: [],
    notCarried: [],
  };
  const copy = { rows: 2, hash: 'ab' };
  expect(standingOf({ tables: [{ table, copy, trial: { ...copy } }], trialFailed: null })).toBe('whole');
  expect(standingOf({ tables: [{ table, copy, trial: { ...copy, hash: 'ac' } }], trialFailed: null })).toBe('differs');
  expect(standingOf({ tables: [{ table, copy, trial: null }], trialFailed: null })).toBe('differs');
  expect(standingOf({ tables: [{ table, copy, trial: null }], trialFailed: 'it ended' })).toBe('untried');
});
