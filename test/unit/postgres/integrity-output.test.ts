import { expect, test } from 'vitest';
import {
  complaintText,
  ComplaintReader,
  damageIn,
  hasLookedAtAll,
  mayBeOrderAlone,
  type Complaint,
} from '../../../src/postgres/amcheck-output.ts';
import { badPageIn, errorOfChecksums, forkOf, pagesIn, relationPath } from '../../../src/postgres/checksums-output.ts';
import { faultText, kindOfFault } from '../../../src/postgres/data-fault.ts';
import { doneIn, errorIn, errorOfDump, readScript, shareOut } from '../../../src/postgres/read-script.ts';

function complaintsIn(text: string, databases: readonly string[]): Complaint[] {
  const found: Complaint[] = [];
  const reader = new ComplaintReader(databases, (complaint) => found.push(complaint));
  for (const line of text.split('\n')) reader.push(line);
  return found;
}

test('complaints of pg_amcheck 15 are read, with names that hold dots', () => {
  const said = `heap table "odd.name.public.t", block 3, offset 5, attribute 2:
    toast value 16408 not found in toast table
btree index "odd.public.t_pkey":
    ERROR:  item order invariant violated for index "t_pkey"
    DETAIL:  Lower index tid=(1,20) (points to heap tid=(0,20)) higher index tid=(1,21).
heap table "odd.public.u", block 0, offset 3:
    xmin 1073742549 equals or exceeds next valid transaction ID 0:757
btree index "odd.public.secret":
    ERROR:  invalid input syntax for type integer: "Jane Doe"`;
  const found = complaintsIn(said, ['odd', 'odd.name']);
  expect(found.map(({ database, relation, block }) => [database, relation, block])).toEqual([
    ['odd.name', 'public.t', 3],
    ['odd', 'public.t_pkey', null],
    ['odd', 'public.u', 0],
    ['odd', 'public.secret', null],
  ]);
  expect(found.map(damageIn)).toEqual(['toast', 'index', 'heap', null]);
  expect(found.map(mayBeOrderAlone)).toEqual([false, true, false, false]);
  expect(found.map(complaintText).join('\n')).not.toContain('Jane');
});

test.each([
  [0, 0, true],
  [2, 1, true],
  [2, 0, false],
  [0, 1, false],
  [1, 0, false],
  [1, 3, false],
  [null, 0, false],
])('pg_amcheck that ended with %s and %s complaints has looked at everything: %s', (status, complaints, whole) => {
  expect(hasLookedAtAll(status, complaints)).toBe(whole);
});

test.each([
  ['could not read block 1 in file "base/5/1": Input/output error'],
  ['canceling statement due to statement timeout'],
  ['could not access file "$libdir/postgis-3": No such file or directory'],
  ['out of memory'],
])('%s is no damage of an index', (message) => {
  for (const kind of ['btree', 'heap'] as const)
    expect(damageIn({ kind, database: 'd', relation: 'r', block: null, message, isError: true })).toBeNull();
});

test('a table that amcheck could not look at is not damaged, and one that cannot be read is', () => {
  // pg_amcheck 15 with an amcheck of version 1.2, as pg_upgrade carries it along from 12 and 13.
  const said = `heap table "odd.public.old":
    ERROR:  function public.verify_heapam(relation => oid, on_error_stop => boolean, check_toast => boolean) does not exist
    LINE 1: ...fnum, v.attnum, v.msg FROM pg_catalog.pg_class c, "public".v...
heap table "odd.public.bad":
    ERROR:  invalid page in block 3 of relation base/5/1
heap table "odd.public.cut":
    ERROR:  could not read blocks 1..2 in file "base/5/1": read only 0 of 16384 bytes
heap table "odd.public.stale":
    ERROR:  could not read block 1 in file "base/5/1": Stale file handle
btree index "odd.public.words":
    ERROR:  could not open file "/usr/share/postgresql/x.index": No such file or directory`;
  expect(complaintsIn(said, ['odd']).map(damageIn)).toEqual([null, 'heap', 'heap', null, null]);
});

test('pages that pg_checksums complains of', () => {
  const line =
    'pg_checksums: error: checksum verification failed in file "/run/data/base/5/16457_vm.1", block 3: calculated checksum 1B2C but block contains 5D3F';
  expect(badPageIn(line, '/run/data')).toEqual({ file: 'base/5/16457_vm.1', block: 3, isTorn: false });
  expect(relationPath('base/5/16457_vm.1')).toBe('base/5/16457');
  expect(forkOf('base/5/16457_vm.1')).toBe('visibility map');
  expect(forkOf('base/5/16457.1')).toBe('table or index');
  const torn = 'pg_checksums: error: could not read block 7 in file "/run/data/base/5/1": read 100 of 8192';
  expect(badPageIn(torn, '/run/data')).toEqual({ file: 'base/5/1', block: 7, isTorn: true });
  expect(badPageIn('Bad checksums:  0', '/run/data')).toBeNull();
  expect(pagesIn('Blocks scanned:  2818')).toBe(2818);
  expect(errorOfChecksums('pg_checksums: error: cluster must be shut down')).toContain('shut down');
});

const TABLES = [
  { schema: 'public', name: 'plain', bytes: 10, isView: false },
  { schema: 'public', name: 'of "quotes"', bytes: 30, isView: false },
  { schema: 'ö', name: 'two\nlines \\', bytes: 20, isView: true },
];

test('a table is on one line of the script, whatever its name', () => {
  const lines = readScript(TABLES).split('\n');
  expect(lines.filter((line) => line.startsWith('copy'))).toEqual([
    'copy "public"."plain" to stdout;',
    'copy "public"."of ""quotes""" to stdout;',
    String.raw`copy (select * from U&"\+0000f6".U&"two\+00000alines \\") to stdout;`,
  ]);
  const numberOf = (table: number): number => lines.findIndex((line) => line.includes(`read:${table} `));
  for (const table of TABLES.keys()) {
    const line = `psql:/x/read.sql:${numberOf(table)}: ERROR:  XX001: invalid page in block 0 of relation base/5/1`;
    expect(errorIn(line)).toEqual({
      table,
      sqlState: 'XX001',
      message: 'invalid page in block 0 of relation base/5/1',
    });
  }
  expect(doneIn('pgdrill:read:2 false')).toEqual({ table: 2, failed: false });
  expect(doneIn('pgdrill:read:2 true')).toEqual({ table: 2, failed: true });
  expect(doneIn('pgdrill:read:2 :ERROR')).toEqual({ table: 2, failed: true });
  expect(errorIn('psql:/x/read.sql:5: WARNING:  01000: page verification failed')).toBeNull();
});

test('tables are shared out by their size, and none twice', () => {
  const many = [50, 40, 30, 20, 10].map((bytes, index) => ({
    schema: 's',
    name: `t${index}`,
    bytes: bytes * 1e6,
    isView: false,
  }));
  const shares = shareOut(many, 2);
  expect(
    shares
      .flat()
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(['t0', 't1', 't2', 't3', 't4']);
  expect(shares.map((share) => share.reduce((sum, { bytes }) => sum + bytes, 0))).toEqual([80e6, 70e6]);
  expect(shareOut([], 4)).toEqual([]);
});

test.each([
  ['XX001', 'invalid page in block 0 of relation base/5/1', 'damaged'],
  ['XX000', 'missing chunk number 0 for toast value 1 in pg_toast_1', 'damaged'],
  ['58P01', 'could not open file "base/5/1": No such file or directory', 'damaged'],
  ['58P01', 'could not access file "$libdir/postgis-3": No such file or directory', 'lacking'],
  ['0A000', 'extension "amcheck" is not available', 'lacking'],
  ['58030', 'could not read block 1 in file "base/5/1": Input/output error', 'unknown'],
  ['XX000', 'invalid memory alloc request size 18446744073709551613', 'damaged'],
  ['XX000', 'invalid memory alloc request size 1258291203', 'unknown'],
  ['57014', 'canceling statement due to statement timeout', 'late'],
  ['53200', 'out of memory', 'unknown'],
  ['XX000', 'could not read block 1 in file "base/5/1": Stale file handle', 'unknown'],
  ['XX000', 'could not open file "base/5/1.2" (target block 262144): previous segment is only 3 blocks', 'damaged'],
  ['XX001', 'could not read block 1 in file "base/5/1": read only 0 of 8192 bytes', 'damaged'],
  ['58P01', 'could not open file "/usr/share/postgresql/15/x.rules": No such file or directory', 'unknown'],
  ['XX000', 'incompatible library "/usr/lib/postgresql/15/lib/postgis-3.so": version mismatch', 'lacking'],
  ['XX000', 'could not open collator for locale "xx": U_FILE_ACCESS_ERROR', 'lacking'],
  ['P0001', 'no such customer: Jane Doe', 'unknown'],
  [null, 'Connection terminated unexpectedly', 'unknown'],
] as const)('%s %s is %s', (sqlState, message, kind) => {
  expect(kindOfFault({ sqlState, message })).toBe(kind);
});

test('values are not told: quotes of messages, and all words of what is not PostgreSQL itself', () => {
  expect(faultText({ sqlState: 'P0001', message: 'no such customer: Jane Doe' })).not.toContain('Jane');
  expect(faultText({ sqlState: 'XX000', message: 'odd value "Jane" in file "base/5/1"' })).toBe(
    'odd value "…" in file "base/5/1" (SQLSTATE XX000)',
  );
  expect(faultText({ sqlState: '0A000', message: 'extension "amcheck" is not available' })).toBe(
    'this extension is not installed where the drill runs',
  );
});

test.each([
  ['pg_dump: error: query failed: ERROR:  missing chunk number 0 for toast value 1 in pg_toast_2619', true],
  ['pg_dump: error: query failed: ERROR:  cache lookup failed for type 4711', true],
  ['pg_dump: error: connection to server on socket "/x" failed: FATAL:  the database system is shutting down', false],
  ['pg_dump: error: query failed: ERROR:  could not access file "$libdir/postgis-3": No such file or directory', false],
])('%s is damage: %s', (line, isDamage) => {
  expect(errorOfDump(line)?.isDamage).toBe(isDamage);
});
