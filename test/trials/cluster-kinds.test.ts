import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect } from 'vitest';
import { newestPostgres } from '../../src/cli/demo/place.ts';
import { copyTree } from '../fixtures/branching.ts';
import { Cluster, makeTestDirectory, must, production } from '../fixtures/cluster.ts';
import { drill, segmentFile, workspace, type Workspace } from '../fixtures/drill.ts';
import { trial } from './trial.ts';

const roots: string[] = [];
let upgraded: Cluster;
let offline: Cluster;
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
  rmSync(upgraded.data, { recursive: true });
  const { directory } = await newestPostgres(production);
  await must([`${directory}/initdb`, '--pgdata', upgraded.data, '--username=postgres', '--auth=trust', '--no-sync']);
  await upgraded.start();
  await must(upgraded.pgbackrest('stanza-upgrade'));
  await upgraded.archive();
  await upgraded.stop();

  offline = await cluster('archive_mode = off');
  await offline.stop();
  await must(offline.pgbackrest('--no-online', '--type=full', 'backup'));

  standby = await makeStandby();
}, 600_000);

afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true, force: true });
});

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
  while ((await primary.value('select count(*) from marks')) !== '3') await delay(20);
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
  return globSync('*F', { cwd: join(root, 'repo1/backup/shop') })[0] ?? '';
}
