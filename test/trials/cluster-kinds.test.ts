import { globSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { newestPostgres } from '../../src/demo/newest-postgres.ts';
import { copyTree } from '../fixtures/copy-tree.ts';
import { Cluster, makeTestDirectory, must, production } from '../fixtures/cluster.ts';
import { drill, segmentFile, workspace, type Workspace } from '../fixtures/drill.ts';
import { until } from '../fixtures/until.ts';
import { trial } from './trial.ts';

const roots: string[] = [];
let upgraded: Cluster;
let offline: Cluster;
let renewed: Cluster;
let standby: () => Workspace;

async function cluster(...settings: string[]): Promise<Cluster> {
  const root = makeTestDirectory('kinds');
  roots.push(root);
  const made = await Cluster.create({ root, global: [`repo1-path=${root}/repo1`, 'compress-type=none'], settings });
  await made.sql('create table marks as select 1 as id');
  return made;
}

/** Drills of a cluster itself, which is shut down. */
const at = ({ root, config }: Cluster): Workspace => ({ ...workspace(), repo: join(root, 'repo1'), config });

beforeAll(async () => {
  upgraded = await cluster();
  await upgraded.backup('full');
  await upgraded.archive();
  await upgraded.stop();
  await initAnew(upgraded);
  await must(upgraded.pgbackrest('stanza-upgrade'));
  await upgraded.archive();
  await upgraded.stop();

  offline = await cluster('archive_mode = off');
  await offline.stop();
  await must(offline.pgbackrest('--no-online', '--type=full', 'backup'));

  renewed = await makeRenewed();
  standby = await makeStandby();
});

afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true, force: true });
});

async function initAnew(made: Cluster): Promise<void> {
  rmSync(made.data, { recursive: true });
  const { directory } = await newestPostgres(production);
  await must([`${directory}/initdb`, '--pgdata', made.data, '--username=postgres', '--auth=trust', '--no-sync']);
  await made.start();
}

/** A cluster by initdb in place, with a backup in `repo1`; that of the cluster before lies in `stale`. */
async function makeRenewed(): Promise<Cluster> {
  const made = await cluster();
  await made.backup('full');
  await made.archive();
  await made.stop();
  const repo = join(made.root, 'repo1');
  renameSync(repo, join(made.root, 'stale'));
  await production.makeDirectory(repo);
  await initAnew(made);
  await must(made.pgbackrest('stanza-create'));
  await made.backup('full');
  await made.archive();
  await made.stop();
  return made;
}

/** Drills of the stale repository, with these lines in the configuration. */
function stale(...lines: string[]): Workspace {
  const base = workspace();
  const repo = join(renewed.root, 'stale');
  const config = join(base.root, 'pgbackrest.conf');
  const [global = [], stanza = []] = [true, false].map((isGlobal) =>
    lines.filter((line) => line.startsWith('repo') === isGlobal),
  );
  const text = ['[global]', `repo1-path=${repo}`, ...global, '[shop]', ...stanza, ''];
  writeFileSync(config, text.join('\n'), { mode: 0o644 });
  return { ...base, repo, config };
}

/** The primary's archive lacks the last segment, which its standby, on this machine, has replayed and marked as done. */
async function makeStandby(): Promise<() => Workspace> {
  const primary = await cluster();
  await primary.backup('full');
  await primary.sql('insert into marks values (2)');
  await primary.archive();
  await primary.sql('insert into marks values (3)');
  const last = await primary.archive();
  await primary.stop();
  await must(primary.pgbackrest('--delta', '--type=standby', 'restore'));
  await primary.start();
  await until('three rows', async () => (await primary.value('select count(*) from marks')) === '3', 20);
  await primary.stop();
  return () => {
    const base = workspace();
    const repo = join(base.root, 'repo');
    copyTree(join(primary.root, 'repo1'), repo);
    rmSync(segmentFile(repo, last));
    const config = join(base.root, 'pgbackrest.conf');
    writeFileSync(config, readFileSync(primary.config, 'utf8').replace(`${primary.root}/repo1`, repo), { mode: 0o644 });
    return { ...base, repo, config };
  };
}

trial('B1', () => drill(at(upgraded)));

trial('B1b', () => drill(at(upgraded), '--backup', setOf(upgraded), '--check-sql', 'select count(*) = 1 from marks'));

trial('B19', () => drill(stale(`repo2-path=${renewed.root}/repo1`)));

trial('B19b', () => drill(stale(`pg1-path=${renewed.data}`)));

trial('B19c', () => drill(stale(`repo2-path=${renewed.root}/repo1`), '--backup', setIn(join(renewed.root, 'stale'))));

trial('B19d', async () => {
  const run = await drill(stale(`repo2-path=${renewed.root}/repo1`), '--repo', '2');
  expect(run.report?.reasons).toEqual([]);
  return run;
});

trial('C18', async () => {
  const ofPackage = join(renewed.root, 'package');
  copyTree(renewed.data, ofPackage);
  await must(['sh', '-c', `rm ${ofPackage}/pg_wal/archive_status/*`]);
  const run = await drill(stale(`pg1-path=${ofPackage}`), '--check-sql', 'select count(*) = 1 from marks');
  expect(run.report?.reasons).toEqual([]);
  return run;
});

trial('C19', async () => {
  const root = makeTestDirectory('segments');
  roots.push(root);
  const made = await Cluster.create({
    root,
    global: [`repo1-path=${root}/repo1`, 'compress-type=none'],
    settings: ['min_wal_size = 128MB'],
    initdb: ['--wal-segsize=64'],
  });
  rmSync(join(made.data, 'postgresql.conf'));
  await made.backup('full');
  await made.sql('create table marks as select 1 as id');
  await made.archive();
  await made.stop();
  return drill(at(made), '--check-sql', 'select count(*) = 1 from marks');
});

trial('C2', () => drill(standby(), '--check-sql', 'select max(id) = 2 from marks'));

trial('C6', async () => {
  const run = await drill(at(offline), '--check-sql', 'select count(*) = 1 from marks');
  expect(run.report?.reasons).toEqual([]);
  expect(run.report?.recovery?.proof).toContain('pg_control of the backup says that the cluster was shut down');
  expect(run.report?.rpo).toMatchObject({ method: 'backup-stop', upperBound: true });
  return run;
});

trial('C6b', () => drill(at(offline), '--target-immediate', '--check-sql', 'select count(*) = 1 from marks'));

function setOf({ root }: Cluster): string {
  return setIn(join(root, 'repo1'));
}

function setIn(repo: string): string {
  return globSync('*F', { cwd: join(repo, 'backup/shop') })[0] ?? '';
}
