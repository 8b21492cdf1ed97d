import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { copyTree } from '../fixtures/copy-tree.ts';
import { Cluster, makeTestDirectory } from '../fixtures/cluster.ts';
import { drill, workspace, type Workspace } from '../fixtures/drill.ts';
import { trial } from './trial.ts';

let cluster: Cluster;

/** The archive holds rows 2 and 3, of which the snapshot in `snapshot` knows nothing. */
beforeAll(async () => {
  const root = makeTestDirectory('set-back');
  cluster = await Cluster.create({ root, global: [`repo1-path=${root}/repo1`, 'compress-type=none'] });
  await cluster.sql('create table marks as select 1 as id');
  await cluster.backup('full');
  await cluster.stop();
  copyTree(cluster.data, join(root, 'snapshot'));
  await cluster.start();
  for (const id of [2, 3]) {
    await cluster.sql(`insert into marks values (${id})`);
    await cluster.archive();
  }
  await cluster.stop();
  rmSync(cluster.data, { recursive: true });
  copyTree(join(root, 'snapshot'), cluster.data);
});

afterAll(() => rmSync(cluster.root, { recursive: true, force: true }));

const here = (): Workspace => ({ ...workspace(), repo: join(cluster.root, 'repo1'), config: cluster.config });

trial('C16', async () => {
  const run = await drill(here(), '--check-sql', 'select max(id) = 3 from marks');
  expect(run.report?.reasons).toEqual([]);
  return run;
});

trial('B15b', async () => {
  await cluster.start();
  return drill(here());
});

trial('B15', async () => {
  await cluster.sql('insert into marks values (100)');
  await cluster.sql('select pg_switch_wal()');
  await cluster.stop();
  return drill(here());
});
