import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TableDocument } from '../../src/extract/document.ts';
import type { Differences } from '../../src/extract/differences.ts';
import { makeTestDirectory } from '../fixtures/cluster.ts';
import { command, leftHere, leftovers, workspace, writePlan, type Workspace } from '../fixtures/drill.ts';
import { tablesProduction, type TablesProduction } from '../fixtures/tables.ts';

const run = promisify(execFile);

/** Rows of the accident, which no file of a run and no log of production may show. */
const SECRET = /it's|"lost"|glad/;

const places = (at: Workspace): string[] => ['--config', at.config, '--reports', at.reports];
const planOf = (at: Workspace): string => writePlan(at, 'tables', { name: at.name });

describe('tables of a recovered copy', () => {
  const root = makeTestDirectory('tables');
  let shop: TablesProduction;

  beforeAll(async () => {
    shop = await tablesProduction(root);
  });
  afterAll(async () => {
    await shop.cluster.stop();
    rmSync(root, { recursive: true, force: true });
  });

  const place = (): Workspace => ({ ...workspace(), config: shop.config });
  const inProduction = async (sql: string): Promise<string> => JSON.stringify(await shop.cluster.sql(sql, 'Shop'));

  /** What a drill of a moment before the accident takes out. */
  const table = async (at: Workspace, ...words: string[]): ReturnType<typeof command> =>
    command(at, ['table', ...words, '--plan', planOf(at), ...places(at), '--target-time', shop.early], {
      SHOP_DSN: shop.dsn,
    });

  /** What production has, as far as it may not be changed. */
  const production = (): Promise<string> =>
    inProduction(`select c.oid, c.relfilenode, c.relname, (select count(*) from pg_inherits where inhparent = c.oid)
      from pg_class c join pg_namespace n on n.oid = c.relnamespace where nspname in ('shop', 'public') order by 1`);

  test('a dump is tried, told from production, put beside production, and restores elsewhere as it says', async () => {
    const at = place();
    const out = join(at.root, 'out');
    mkdirSync(out);
    const dump = join(out, 'orders.dump');
    const before = await production();
    const names = ['shop.orders', 'shop."Order ""Lines"""', 'shop.events_may', 'shop.without_key'];
    const words = ['--output', dump, '--diff', 'env:SHOP_DSN', '--into-dsn', 'env:SHOP_DSN', '--limit', '2', '--json'];
    const taken = await table(at, ...names, ...words);
    if (taken.status !== 0) throw new Error(taken.stderr);
    expect(taken.status).toBe(0);
    const document = JSON.parse(taken.stdout) as TableDocument;
    expect(document).toMatchObject({ standing: 'whole', trialFailed: null, database: 'Shop' });
    expect(document.tables.map(({ table: name, copy }) => [name, copy.rows])).toEqual([
      ['shop.orders', 500],
      ['shop."Order ""Lines"""', 3],
      ['shop.events_may', 133],
      ['shop.without_key', 3],
    ]);
    expect(document.needs).toMatchObject({
      objects: ['schema shop', 'type shop.mood', 'function shop.touch()'],
      foreignKeys: [{ name: 'orders_customer_id_fkey', of: 'shop.orders', to: 'shop.customers' }],
      partitions: [{ of: 'shop.events_may', to: 'shop.events' }],
      roles: ['reader', 'shop_owner'],
    });

    // What differs from production is what the accident has done there.
    expect(document.differences.map(({ counts }) => counts)).toEqual([
      { same: 460, added: 1, removed: 10, changed: 30 },
      { same: 3, added: 0, removed: 0, changed: 0 },
      { same: 133, added: 0, removed: 0, changed: 0 },
      { same: 2, added: 1, removed: 1, changed: 0 },
    ]);
    expect(document.differences[0]?.shown[0]).toMatchObject({
      kind: 'changed',
      key: ['1'],
      values: [{ column: 'note', after: 'lost' }],
    });

    // Production has the rows in a schema of its own, and is else as it was.
    const schema = document.into?.schema ?? '';
    expect(schema).toMatch(/^restored_\d{8}t\d{6}z_/);
    expect(await production()).toBe(before);
    const joined = `select count(*), count(*) filter (where r.note <> o.note) from ${schema}.orders r join shop.orders o using (id)`;
    expect(await inProduction(joined)).toBe('[["490","30"]]');
    const code = `select count(*) from pg_attrdef d join pg_class c on c.oid = d.adrelid where c.relnamespace = '${schema}'::regnamespace`;
    expect(await inProduction(code)).toBe('[["0"]]');
    expect(document.into?.leftOut.join('\n')).toContain('the default of number');

    // The files are their owner's alone, and no row is in what is kept of the run.
    const beside = ['left-out.sql', 'list', 'needs.sql'].map((name) => `orders.dump.${name}`);
    expect(readdirSync(out).toSorted()).toEqual(['orders.dump', ...beside]);
    for (const name of readdirSync(out)) expect(statSync(join(out, name)).mode & 0o777).toBe(0o600);
    const folder = join(at.reports, at.name, document.runId);
    const kept = readdirSync(folder).filter((name) => statSync(join(folder, name)).isFile());
    for (const name of kept) expect(readFileSync(join(folder, name), 'utf8'), name).not.toMatch(SECRET);
    expect(JSON.parse(readFileSync(join(folder, 'table.json'), 'utf8'))).toMatchObject({ standing: 'whole' });
    expect(leftovers(at)).toEqual([]);

    // As it says, into a database that has nothing.
    await shop.cluster.sql('create database elsewhere');
    const target = ['-h', join(root, 'sock'), '-p', String(shop.cluster.port), '-U', 'postgres', '-d', 'elsewhere'];
    await run('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', ...target, '--file', `${dump}.needs.sql`]);
    await run('pg_restore', ['--single-transaction', '--exit-on-error', ...target, '--use-list', `${dump}.list`, dump]);
    const sums = 'select count(*), sum(amount), sum(vat), min(note) from ';
    const restored = await shop.cluster.sql(`${sums} shop.orders`, 'elsewhere');
    expect(restored).toEqual(await shop.cluster.sql(`${sums} ${schema}.orders where id <= 500`, 'Shop'));
  });

  test('rows of a condition come out as a script; nothing is put where something is, and names that are near are told', async () => {
    const at = place();
    const script = join(at.root, 'some.sql');
    const words = ['--where', 'id <= 30', '--format', 'sql', '--output', script];
    const some = await table(at, 'orders', ...words, '--into-dsn', 'env:SHOP_DSN', '--into', 'shop');
    expect(some.stdout).toContain('30 rows that --where holds for');
    expect(readFileSync(script, 'utf8')).toContain('COPY shop.orders');
    expect(some.status).toBe(2);
    expect(some.stderr).toContain('the schema shop is there already, and --into-dsn is production');

    // Before anything is restored.
    writeFileSync(join(at.root, 'there.dump'), '');
    const there = await table(at, 'orders', '--output', join(at.root, 'there.dump'));
    expect(there).toMatchObject({ status: 2, stdout: '' });
    expect(there.stderr).toContain('is there already');

    const near = await table(at, 'shop.order');
    expect(near.status).toBe(2);
    expect(near.stderr).toContain('there is no table shop.order; did you mean shop.orders?');
    expect(leftovers(at)).toEqual([]);
    expect(leftHere(at)).toEqual([]);
  });

  test('drill diff says which rows changed between two moments, by its key', async () => {
    const at = place();
    const words = ['diff', planOf(at), shop.early, shop.late, ...places(at), '--limit', '3'];
    const keyed = await command(at, [...words, '--table', 'orders', '--json']);
    expect(keyed.status).toBe(0);
    const differences = JSON.parse(keyed.stdout) as Differences;
    expect(differences).toMatchObject({
      table: 'shop.orders',
      key: ['id'],
      counts: { same: 460, added: 1, removed: 10, changed: 30 },
      moments: [{ target: shop.early }, { target: shop.late }],
    });
    expect(differences.shown.map(({ key }) => key)).toEqual([['1'], ['2'], ['3']]);
    expect(leftovers(at)).toEqual([]);
    expect(leftHere(at)).toEqual([]);
  });
});
