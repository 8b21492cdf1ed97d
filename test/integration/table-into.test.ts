import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TableDocument } from '../../src/extract/document.ts';
import { makeTestDirectory } from '../fixtures/cluster.ts';
import { command, leftHere, leftovers, workspace, writePlan, type Workspace } from '../fixtures/drill.ts';
import { NAME_THAT_CALLS, tablesWithCode, type TablesWithCode } from '../fixtures/tables-with-code.ts';

const ODD = `shop."${NAME_THAT_CALLS}"`;

describe('rows put into a named server', () => {
  const root = makeTestDirectory('into');
  let shop: TablesWithCode;

  beforeAll(async () => {
    shop = await tablesWithCode(root);
  });
  afterAll(async () => {
    await shop.cluster.stop();
    rmSync(root, { recursive: true, force: true });
  });

  const place = (): Workspace => ({ ...workspace(), config: shop.config });
  const there = async (sql: string): Promise<(string | null)[][]> => shop.cluster.sql(sql, 'Shop');

  const into = async (at: Workspace, ...words: string[]): ReturnType<typeof command> => {
    const plan = writePlan(at, 'into', { name: at.name });
    const where = ['--plan', plan, '--config', at.config, '--reports', at.reports, '--target-time', shop.moment];
    const output = ['--output', join(at.root, 'taken.dump'), '--json'];
    return command(at, ['table', ...words, ...where, ...output, '--into-dsn', 'env:SHOP_DSN'], { SHOP_DSN: shop.dsn });
  };

  /** Whatever production has: relations, types, functions, schemas, and how often its code was called. */
  const production = async (): Promise<string> =>
    JSON.stringify([
      await there(`select oid::text, relname, relfilenode::text from pg_class where oid >= 16384 order by 1`),
      await there(`select nspname from pg_namespace order by 1`),
      await shop.calls(),
    ]);

  test('no code of a table is called there, whatever carries it, and all rows are there', async () => {
    const at = place();
    const before = await shop.calls();
    const names = ['shop.coded', 'shop.parted', 'shop.parent', 'shop.columnless', 'shop.kinds', ODD];
    const taken = await into(at, ...names);
    if (taken.status !== 0) throw new Error(taken.stderr);
    const document = JSON.parse(taken.stdout) as TableDocument;
    expect(await shop.calls()).toBe(before);
    const schema = document.into?.schema ?? '';
    expect(document.into?.tables.map(({ table, rows, hash }) => [table.replace(`${schema}.`, ''), rows, hash])).toEqual(
      document.tables.map(({ table, copy }) => [table.replace('shop.', ''), copy.rows, copy.hash]),
    );

    // What is there is plain: by the server's own catalogs.
    const columns = await there(`
      select attname, format_type(atttypid, atttypmod), attnotnull::text from pg_attribute
      where attrelid = '${schema}.coded'::regclass and attnum > 0 order by attnum`);
    expect(columns.map(([name, type, isRequired]) => `${name} ${type} ${isRequired}`)).toEqual([
      'id integer true',
      'mood shop.mood true',
      'note text false',
      'notes text[] false',
      'amount numeric(10,2) false',
      'made text false',
      'pair text false',
      'moods shop.mood[] false',
      'serial integer true',
      'ordinal integer true',
      'name text false',
      'relation text false',
    ]);
    const more = await there(`
      select (select count(*) from pg_attrdef d join pg_class c on c.oid = d.adrelid where c.relnamespace = s.oid),
        (select count(*) from pg_trigger t join pg_class c on c.oid = t.tgrelid where c.relnamespace = s.oid),
        (select count(*) from pg_policy t join pg_class c on c.oid = t.polrelid where c.relnamespace = s.oid),
        (select string_agg(conname, ' ') from pg_constraint where connamespace = s.oid and contype <> 'n'),
        (select string_agg(distinct relkind::text, '' order by relkind::text) from pg_class where relnamespace = s.oid)
      from pg_namespace s where nspname = '${schema}'`);
    expect(more).toEqual([['0', '0', '0', 'coded_pkey', 'ir']]);
    const kinds = `select count(*) from ${schema}.kinds r, shop.kinds o where row(r)::text = row(o)::text`;
    expect(await there(kinds)).toEqual([['2']]);

    // What is not there is told, and lies beside the dump for a person, who can run it.
    const { leftOutFile, leftOut } = document.into ?? {};
    expect(leftOutFile).toBe(join(at.root, 'taken.dump.left-out.sql'));
    expect(statSync(leftOutFile ?? '').mode & 0o777).toBe(0o600);
    for (const what of [
      'the default of mood',
      'the trigger acts',
      'the policy sees',
      'the rule rules',
      'its 2 partitions',
    ])
      expect(leftOut?.join('\n')).toContain(what);
    await there(readFileSync(leftOutFile ?? '', 'utf8'));
    expect(await shop.calls()).not.toBe(before);
    const made = `insert into ${schema}.coded (id, amount) values (99, 1) returning mood::text, serial, ordinal`;
    expect(await there(made)).toEqual([['glad', '21', '21']]);
    expect(leftovers(at)).toEqual([]);
    expect(leftHere(at)).toEqual([]);
  });

  test.for([
    {
      what: 'an event trigger',
      make: `create function shop.fired() returns event_trigger language plpgsql as $$ begin perform shop.called('event'); end $$;
        create event trigger fires on ddl_command_end execute function shop.fired()`,
      take: 'drop event trigger fires; drop function shop.fired()',
      says: 'making the tables would start event triggers there: fires',
    },
    {
      what: 'a publication of all tables',
      make: 'create publication everything for all tables',
      take: 'drop publication everything',
      says: 'the tables would be published there (everything)',
    },
    {
      what: 'a slot that needs no publication',
      make: `select pg_create_logical_replication_slot('listens', 'test_decoding')`,
      take: `select pg_drop_replication_slot('listens')`,
      says: 'whoever reads the logical slots there: listens (test_decoding)',
    },
  ])('nothing is put where $what takes notice of it', async ({ make, take, says }) => {
    const at = place();
    await there(make);
    try {
      const before = await production();
      const { status, stderr, stdout } = await into(at, ODD);
      expect(status).toBe(2);
      expect(stderr).toContain(says);
      expect((JSON.parse(stdout) as TableDocument).into).toBeNull();
      expect(await production()).toBe(before);
    } finally {
      await there(take);
    }
  });

  test('a schema that default privileges would open stays shut, and an enumeration with other labels is text', async () => {
    const at = place();
    await there(`create role reader; alter default privileges grant usage on schemas to reader, public;
      alter default privileges grant select on tables to reader; alter type shop.mood add value 'new'`);
    try {
      const taken = await into(at, 'shop.coded');
      if (taken.status !== 0) throw new Error(taken.stderr);
      const { into: put } = JSON.parse(taken.stdout) as TableDocument;
      expect(await there(`select has_schema_privilege('reader', '${put?.schema ?? ''}', 'usage')`)).toEqual([['f']]);
      expect(
        await there(`select pg_typeof(mood)::text, pg_typeof(moods)::text from ${put?.schema ?? ''}.coded limit 1`),
      ).toEqual([['text', 'text']]);
    } finally {
      await there('drop owned by reader; drop role reader');
    }
  });
});
