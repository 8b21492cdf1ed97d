import { globSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { comparedSettings, SCHEMAS } from '../../src/postgres/compared-settings.ts';
import { Cluster, makeTestDirectory, must, production } from '../fixtures/cluster.ts';
import {
  command,
  startDrill,
  workspace,
  writePlan,
  type DrillProcess,
  type DrillRun,
  type Workspace,
} from '../fixtures/drill.ts';
import { until } from '../fixtures/until.ts';

const PASSWORD = 'word-of-production-58213';

let cluster: Cluster;
const dsnOf = (port: number): string =>
  `postgresql://auditor:${PASSWORD}@/postgres?host=${encodeURIComponent(`${cluster.root}/sock`)}&port=${port}`;

/** A production that goes on: it has five orders more than its archive. */
beforeAll(async () => {
  const root = makeTestDirectory('compared');
  cluster = await Cluster.create({
    root,
    global: [`repo1-path=${root}/repo1`, 'compress-type=lz4'],
    settings: ['log_statement = all', "log_line_prefix = '%a|'", 'max_prepared_transactions = 2'],
  });
  await cluster.sql('create table orders as select generate_series(1, 100) as id');
  await cluster.sql(`create role auditor login; grant select, insert on orders to auditor;
    create schema "odd schema";
    create table "odd schema".times as select timestamptz '2026-03-29 02:30:00+01' as at, 0.1::float8 + 0.2 as part;
    create table "odd schema".orders as select 1 as id;
    create table guarded as select generate_series(1, 3) as id;
    alter table guarded enable row level security;
    create policy one on guarded using (id = 1);
    grant usage on schema "odd schema" to auditor;
    grant select on "odd schema".times, "odd schema".orders, guarded to auditor;
    alter role auditor set search_path = "odd schema", public;
    alter role auditor set timezone = 'Asia/Tokyo';
    alter role auditor set datestyle = 'German';
    alter role auditor set extra_float_digits = 0`);
  await cluster.sql('create database "a+b @c"');
  await cluster.backup('full');
  await cluster.archive();
  await cluster.sql('insert into orders select generate_series(101, 105)');
});

afterAll(async () => {
  await cluster.stop();
  rmSync(cluster.root, { recursive: true, force: true });
});

const place = (): Workspace => workspace({ config: cluster.config, repo1: join(cluster.root, 'repo1') });
const COUNT = { name: 'orders', sql: 'select count(*) from public.orders' };

/** Runs a drill that compares, with the connection string in its environment. */
function compared(where: Workspace, compare: object, dsn = dsnOf(cluster.port)): Promise<DrillRun> {
  return startCompared(where, compare, dsn).finished;
}

function startCompared(where: Workspace, compare: object, dsn = dsnOf(cluster.port)): DrillProcess {
  const checks = [{ name: 'a check does not get it', command: ['sh', '-c', '! env | grep OF_PRODUCTION'] }];
  const plan = writePlan(where, 'compared', { checks, compare: { dsn: 'env:OF_PRODUCTION', ...compare } });
  // Whoever sets this for psql means no session of a drill.
  return startDrill(where, [plan], { OF_PRODUCTION: dsn, PGOPTIONS: '-c search_path=pg_catalog' });
}

const ofComparison = ({ report }: DrillRun): unknown => report?.checks.filter(({ kind }) => kind === 'compare');
const codesOf = ({ report }: DrillRun): unknown => report?.reasons.map(({ code }) => code);

test('what is within the tolerance passes; production has seen questions alone, and no file has its password', async () => {
  const where = place();
  const before = await cluster.value('select pg_snapshot_xmax(pg_current_snapshot())');
  const run = await compared(where, { tolerance: '5%', queries: [COUNT, { name: 'v', sql: "select 'one'" }] });
  expect(run.report?.reasons).toEqual([]);
  expect(ofComparison(run)).toMatchObject([
    {
      name: 'orders',
      status: 'passed',
      observed: '100, in production 105 (5 less)',
      expected: expect.stringContaining('the same as in production, give or take 5%') as string,
    },
    { name: 'v', status: 'passed', observed: 'one, in production one' },
  ]);
  const { comparison, startedAt, phases } = run.report ?? {};
  expect(comparison).toMatchObject({ problem: null });
  expect(Date.parse(comparison?.productionAskedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(startedAt ?? ''));
  const provision = phases?.find(({ id }) => id === 'provision')?.startedAt ?? '';
  expect(Date.parse(comparison?.productionAnsweredAt ?? '')).toBeLessThanOrEqual(Date.parse(provision));
  expect(Date.parse(comparison?.copyAskedAt ?? '')).toBeGreaterThan(Date.parse(provision));

  expect(await cluster.value('select pg_snapshot_xmax(pg_current_snapshot())')).toBe(before);
  const log = readFileSync(join(cluster.root, 'log/postgresql.log'), 'utf8');
  const seen = [...log.matchAll(/^pgdrill-compare\|LOG: {2}(?:statement|execute [^:]*): (.*)$/gm)].map(
    ([, sql]) => sql,
  );
  expect(new Set(seen)).toEqual(
    new Set([
      'begin transaction read only',
      `set local statement_timeout = 30000; set local lock_timeout = 2000; ${comparedSettings('set local')}`,
      SCHEMAS,
      'select system_identifier::text from pg_catalog.pg_control_system()',
      COUNT.sql,
      "select 'one'",
      'rollback',
    ]),
  );
  const files = globSync('**/*', { cwd: where.root, withFileTypes: true }).filter((file) => file.isFile());
  expect(files.length).toBeGreaterThan(3);
  const texts = files.map((file) => readFileSync(join(file.parentPath, file.name), 'latin1'));
  expect(texts.filter((text) => text.includes(PASSWORD))).toEqual([]);
  expect(`${run.stdout}${run.stderr}`).not.toContain(PASSWORD);
});

test('both are asked alike, whatever production sets for its role; what a policy would cut short is no answer', async () => {
  const queries = [
    { name: 'a time', sql: 'select max(at) from times' },
    { name: 'a fraction', sql: 'select max(part) from times' },
    { name: 'by its search path', sql: 'select count(*) from orders' },
    { name: 'an odd name', sql: 'select current_database()', database: 'a+b @c' },
    { name: 'guarded', sql: 'select count(*) from guarded' },
  ];
  const run = await compared(place(), { queries });
  expect(ofComparison(run)).toMatchObject([
    { status: 'passed', observed: '2026-03-29 01:30:00+00, in production 2026-03-29 01:30:00+00' },
    { status: 'passed', observed: '0.30000000000000004, in production 0.30000000000000004' },
    { status: 'passed', observed: '1, in production 1' },
    { status: 'passed', observed: 'a+b @c, in production a+b @c' },
    { status: 'skipped', message: expect.stringContaining('row-level security policy') as string },
  ]);
  expect(run).toMatchObject({ status: 3, report: { verdict: 'inconclusive' } });
});

test('a run that is ended while production is asked asks it nothing more', async () => {
  const asked = (): Promise<string> =>
    cluster.value("select count(*) from pg_stat_activity where application_name = 'pgdrill-compare'");
  await cluster.sql("begin; lock table guarded; prepare transaction 'held'");
  const slow = { name: 'slow', sql: 'select count(*) as slow from guarded' };
  const queries = Array.from({ length: 30 }, () => slow);
  const run = startCompared(place(), { queries });
  await until('production is asked', async () => (await asked()) === '1');
  run.kill('SIGINT');
  const ended = await run.finished;
  await cluster.sql("rollback prepared 'held'");
  expect(ended).toMatchObject({ status: 130, report: { verdict: 'cancelled' } });
  const log = readFileSync(join(cluster.root, 'log/postgresql.log'), 'utf8');
  expect(log.split(`<unnamed>: ${slow.sql}`).length - 1).toBeLessThan(queries.length);
});

test('what is less by more fails the drill; what would write is refused by production, and skipped', async () => {
  const write = { name: 'write', sql: 'insert into public.orders values (0) returning id' };
  const run = await compared(place(), { tolerance: 4, queries: [COUNT, write] });
  expect(run).toMatchObject({ status: 1, report: { verdict: 'failed' } });
  expect(ofComparison(run)).toMatchObject([
    { name: 'orders', status: 'failed', observed: '100, in production 105 (5 less)' },
    { name: 'write', status: 'skipped', message: expect.stringContaining('read-only transaction') as string },
  ]);
  expect(codesOf(run)).toEqual(expect.arrayContaining(['check-failed', 'production-unanswered']));
  expect(await cluster.value('select count(*) from orders')).toBe('105');
});

test('a production that is not there, or is another one, is no pass', async () => {
  const gone = await compared(place(), { queries: [COUNT, COUNT] }, dsnOf(1));
  expect(gone).toMatchObject({
    status: 3,
    report: { verdict: 'inconclusive', comparison: { productionAskedAt: null } },
  });
  expect(codesOf(gone)).toEqual(['production-unanswered', 'check-skipped', 'check-skipped']);
  expect(JSON.stringify(gone.report)).not.toContain(PASSWORD);

  const other = await compared(workspace(), { queries: [{ name: 'one', sql: 'select 1' }] });
  expect(other).toMatchObject({ status: 3, report: { verdict: 'inconclusive' } });
  expect(other.report?.reasons[0]?.message).toContain('is another cluster');
});

test('the heartbeat that init prints is made by psql, twice; its role has that table and nothing else', async () => {
  const printed = await command(place(), ['init', '--heartbeat', '--database', 'postgres', '--job', 'cron']);
  const script = join(cluster.root, 'heartbeat.sql');
  await production.writeFile(script, printed.stdout, 0o600);
  const psql = [
    'psql',
    '-X',
    '-v',
    'ON_ERROR_STOP=1',
    '-h',
    `${cluster.root}/sock`,
    '-p',
    String(cluster.port),
    '-U',
    'postgres',
  ];
  for (const _ of ['once', 'again']) await must([...psql, '-f', script, 'template1']);

  const asJob = (sql: string): Promise<unknown> => cluster.sql(`set role pgdrill_heartbeat; ${sql}`);
  await cluster.sql("insert into pgdrill.heartbeat values (clock_timestamp() - interval '5 weeks')");
  await asJob('select pgdrill.beat() where not pg_is_in_recovery()');
  await asJob('select pgdrill.beat() where not pg_is_in_recovery()');
  expect(await cluster.value("select count(*) from pgdrill.heartbeat where at > now() - interval '1 hour'")).toBe('2');
  expect(await cluster.value('select count(*) from pgdrill.heartbeat')).toBe('2');
  for (const sql of [
    'select * from orders',
    'update pgdrill.heartbeat set at = now()',
    'truncate pgdrill.heartbeat',
    'create table pgdrill.mine ()',
  ])
    await expect(asJob(sql)).rejects.toThrow(/permission denied|must be owner/);
});
