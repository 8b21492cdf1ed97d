import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newestPostgres } from '../../src/demo/newest-postgres.ts';
import type { DrillReport } from '../../src/report/report.ts';
import { Cluster, makeTestDirectory, must, production } from '../fixtures/cluster.ts';
import { DataFile } from '../fixtures/corrupt.ts';
import { processesOf, type ProcessInfo } from '../../src/sandbox/processes.ts';
import {
  drill,
  leftovers,
  startDrill,
  workspace,
  writePlan,
  type DrillProcess,
  type Workspace,
} from '../fixtures/drill.ts';
import { until } from '../fixtures/until.ts';

let cluster: Cluster;

const here = (): Workspace => ({ ...workspace(), repo: join(cluster.root, 'repo1'), config: cluster.config });

/** A production without checksums, and with all that is worth a note. */
beforeAll(async () => {
  const root = makeTestDirectory('notes');
  const global = [`repo1-path=${root}/repo1`, 'compress-type=none', 'exclude=base/pgsql_tmp'];
  const settings = ['autovacuum = off', 'max_prepared_transactions = 5'];
  cluster = await Cluster.create({ root, global, settings });
  await cluster.sql('create database closed allow_connections false');
  await cluster.sql("create database bytes template template0 encoding 'SQL_ASCII' lc_collate 'C' lc_ctype 'C'");
  await cluster.sql('create database coffee');
  // In UTF-8 nobody could write such a name.
  await cluster.sql(
    String.raw`update pg_database set datname = convert_from('\x636166e9', 'SQL_ASCII') where datname = 'coffee'`,
    'bytes',
  );
  await cluster.sql(`
    create table numbered (id serial primary key, note text);
    insert into numbered (id, note) values (1000, 'x');
    create table loose (id int constraint positive check (id > 0));
    alter table loose add constraint small check (id < 10) not valid;
    create index half on loose (id);
    update pg_index set indisvalid = false where indexrelid = 'half'::regclass;
    create unlogged table passing (id int);
    create table locked ();
    create function held(id int) returns int immutable language plpgsql as $$ begin
      while (pg_stat_file('hold', true)).size is not null loop perform pg_sleep(0.05); end loop;
      return id; end $$;
    create table holding as select 1 as id;
    create index on holding (held(id));
    create extension citext;
    update pg_extension set extname = 'nowhere' where extname = 'citext';
    create extension pg_trgm;
    update pg_extension set extversion = '0.1' where extname = 'pg_trgm';
    create extension amcheck version '1.2';
    create collation tongue (provider = icu, locale = 'de');
    create table worded (word text collate tongue primary key);
    insert into worded select 'word ' || lpad(i::text, 5, '0') from generate_series(1, 500) i;
    update pg_collation set collversion = '1.0' where collname = 'tongue';
    create collation dialect (provider = icu, locale = 'de');
    create table sworn (word text collate dialect primary key);
    insert into sworn select * from worded;
    update pg_collation set collversion = null where collname = 'dialect';
    select lo_from_bytea(0, 'large'::bytea);
    create materialized view seen as select count(*) from worded`);
  await cluster.sql("begin; create table later (id int); lock table locked; prepare transaction 'open'");
  const paths = await cluster.sql(
    "select pg_relation_filepath(i::regclass) from unnest(array['worded_pkey', 'sworn_pkey']) i",
  );
  const base = paths[0]?.[0]?.split('/').slice(0, 2).join('/') ?? '';
  await cluster.stop();
  // A letter in a key of each index: out of order, by whatever collation. The pages have no checksums.
  const { directory } = await newestPostgres(production);
  await must([`${directory}/pg_checksums`, '--disable', '-D', cluster.data]);
  for (const [path] of paths) {
    const index = new DataFile(join(cluster.data, path ?? ''));
    index.flip(index.item(1, 20) + 8 + 3, 0x01);
  }
  await production.writeFile(join(cluster.data, base, '999999'), new Uint8Array(8192), 0o600);
  await cluster.start();
  await cluster.backup('full');
  await cluster.archive();
});

afterAll(async () => {
  await cluster.stop();
  rmSync(cluster.root, { recursive: true, force: true });
});

/** Each part with its outcome and the codes of its findings. */
function partsOf(report: DrillReport | null): Record<string, string[]> {
  const parts = report?.integrity?.parts ?? [];
  return Object.fromEntries(
    parts.map(({ id, outcome, findings }) => [id, [outcome, ...findings.map(({ code }) => code).toSorted()]]),
  );
}

test('notes are warnings, and what this machine lacks or sorts otherwise leaves the run inconclusive', async () => {
  const place = here();
  const run = await drill(place, writePlan(place, 'standard', { integrity: 'standard' }));
  expect(partsOf(run.report)).toEqual({
    leftOut: ['passed', 'database-closed', 'left-out'],
    files: ['passed', 'surplus-file'],
    indexes: ['passed', 'index-invalid'],
    constraints: ['passed', 'constraint-not-valid'],
    sequences: ['passed', 'sequence-behind'],
    // The old amcheck is brought to the version of this server before it is used.
    extensions: ['inconclusive', 'extension-missing', 'extension-version'],
    collations: ['passed', 'collation-version'],
    prepared: ['passed', 'prepared-transaction'],
    unlogged: ['passed', 'unlogged-table'],
    // A lock that a prepared transaction holds is not waited for.
    read: ['inconclusive', 'not-examined', 'not-examined'],
    // Of one collation the version is another here, of the other nobody knows it.
    amcheck: ['inconclusive', 'not-examined', 'other-collation', 'other-collation'],
    checksums: ['skipped'],
  });
  expect(run.report?.verdict).toBe('inconclusive');
  expect(run.status).toBe(3);
  const codes = new Set(run.report?.reasons.map(({ code }) => code));
  expect([...codes].filter((code) => code.startsWith('integrity')).toSorted()).toEqual([
    'integrity-note',
    'integrity-skipped',
    'integrity-unproven',
  ]);
  const unasked = run.report?.reasons.find(({ code }) => code === 'check-skipped');
  expect(unasked?.message).toContain(String.raw`caf\xe9`);
  expect(JSON.stringify(run.report?.integrity)).not.toContain('word 0');
});

/** From this check on the function of an index does not come back. */
const HOLD = {
  name: 'hold',
  command: ['psql', '-X', '-v', 'ON_ERROR_STOP=1', '-c', "copy (select 1) to program 'cat >hold'"],
};

const amchecksOf = ({ scratch }: Workspace): ProcessInfo[] =>
  processesOf(scratch).filter(({ argv }) => argv[0]?.endsWith('/pg_amcheck'));

function startHeld(place: Workspace, more: object = {}): DrillProcess {
  return startDrill(place, [
    writePlan(place, 'held', { checks: [HOLD], integrity: { amcheck: true, checksums: true }, ...more }),
  ]);
}

const untilHeld = (place: Workspace): Promise<void> => until('pg_amcheck runs', () => amchecksOf(place).length > 0, 50);

test.each([
  { ending: 'Ctrl-C', more: {}, signal: 'SIGINT' as const, status: 130, verdict: 'cancelled', code: 'cancelled' },
  {
    ending: 'the deadline',
    more: { deadline: '20s' },
    signal: null,
    status: 3,
    verdict: 'inconclusive',
    code: 'deadline-exceeded',
  },
])('$ending during a part ends the run; what came before is told, and nothing is left', async (row) => {
  const place = here();
  const run = startHeld(place, row.more);
  if (row.signal !== null) {
    await untilHeld(place);
    run.kill(row.signal);
  }
  const { status, report } = await run.finished;
  expect({ status, verdict: report?.verdict }).toEqual({ status: row.status, verdict: row.verdict });
  expect(report?.reasons.map(({ code }) => code)).toContain(row.code);
  const ids = report?.integrity?.parts.map(({ id }) => id) ?? [];
  expect(ids.filter((id) => id !== 'leftOut')).toEqual([]);
  expect(leftovers(place)).toEqual([]);
  expect(processesOf(place.scratch)).toEqual([]);
});

test('a program that is killed during its part leaves that open, and those after it are asked', async () => {
  const place = here();
  const run = startHeld(place);
  await untilHeld(place);
  for (const { pid } of amchecksOf(place)) process.kill(pid, 'SIGKILL');
  const { report } = await run.finished;
  const parts = report?.integrity?.parts.map(({ id, outcome, reason }) => [id, outcome, reason]);
  expect(parts).toEqual([
    ['leftOut', 'passed', null],
    ['amcheck', 'inconclusive', expect.stringContaining('pg_amcheck was killed')],
    ['checksums', 'inconclusive', expect.stringContaining('data_checksums is off')],
  ]);
  expect(report?.verdict).toBe('inconclusive');
  expect(leftovers(place)).toEqual([]);
});

test('what is named in the plan is demanded: checksums that are off give no answer, and a promise is kept or broken', async () => {
  const place = here();
  const promised = { databases: ['postgres', 'nowhere'], roles: ['postgres', 'nobody-here'] };
  const plan = { integrity: { checksums: true, promised }, baseline: {} };
  const run = await drill(place, writePlan(place, 'parts', plan));
  expect(partsOf(run.report)).toEqual({
    promised: ['failed', 'promised-missing', 'promised-missing'],
    checksums: ['inconclusive', 'not-examined'],
  });
  // The lock of the prepared transaction is in the way of no question about tables.
  expect(run.report?.baseline?.relations).toBeGreaterThan(5);
  expect(run.report?.reasons.map(({ code }) => code)).toContain('promised-missing');
  expect(run.report?.verdict).toBe('failed');
});
