import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { Cluster, makeTestDirectory, must } from '../fixtures/cluster.ts';
import { drill, workspace, type Workspace } from '../fixtures/drill.ts';
import { until } from '../fixtures/until.ts';
import { trial } from './trial.ts';

let cluster: Cluster;

/** Databases that take no connections: `closed`, and `gone`, which is what PostgreSQL 15.4 and newer leave of a broken DROP. */
beforeAll(async () => {
  const root = makeTestDirectory('databases');
  cluster = await Cluster.create({ root, global: [`repo1-path=${root}/repo1`, 'compress-type=none'] });
  await cluster.sql('create database closed allow_connections false');
  await cluster.sql('create database gone');
  await cluster.sql("update pg_database set datconnlimit = -2 where datname = 'gone'");
});

afterAll(async () => {
  await cluster.stop();
  rmSync(cluster.root, { recursive: true, force: true });
});

/** The file that tells of a backup is ready to be archived when the backup ends, and comes into the archive after that. */
async function untilTold(): Promise<void> {
  const isArchived = "select not exists (select from pg_ls_archive_statusdir() where name like '%.ready')";
  await until('the archive tells of the backup', async () => (await cluster.value(isArchived)) === 't', 20);
}

const here = (): Workspace => ({ ...workspace(), repo: join(cluster.root, 'repo1'), config: cluster.config });

trial('E3b', async () => {
  await cluster.backup('full');
  await untilTold();
  const run = await drill(here(), '--target-immediate');
  expect(run.report?.reasons).toHaveLength(1);
  return run;
});

trial('B10d', async () => {
  await must(cluster.pgbackrest('--type=full', '--exclude=pg_xact/', 'backup'));
  await cluster.sql('create table later ()');
  await cluster.archive();
  return drill(here());
});

trial('B10c', async () => {
  const oid = await cluster.value("select oid from pg_database where datname = 'closed'");
  await must(cluster.pgbackrest('--type=full', `--exclude=base/${oid}/`, 'backup'));
  await untilTold();
  return drill(here(), '--target-immediate');
});
