import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Cluster, makeTestDirectory, production } from '../fixtures/cluster.ts';
import { drill, leftovers, workspace, type Workspace } from '../fixtures/drill.ts';
import { fingerprint } from '../fixtures/fingerprint.ts';

describe('tablespaces', () => {
  const root = makeTestDirectory('tablespaces');
  let afterFirst = '';
  let config = '';

  beforeAll(async () => {
    const cluster = await Cluster.create({
      root,
      global: [`repo1-path=${root}/repo1`, 'compress-type=lz4'],
    });
    for (const name of ['ts1', 'ts2']) await production.makeDirectory(join(root, name));
    await cluster.sql(`create tablespace ts1 location '${root}/ts1'`);
    await cluster.sql('create table early (i int) tablespace ts1');
    await cluster.sql('insert into early select generate_series(1, 1000)');
    // More than this machine has. The server of this production reads another file: see Cluster.
    appendFileSync(join(cluster.data, 'postgresql.conf'), 'shared_buffers = 640GB\n');
    await cluster.backup('full');
    await delay(1100);
    await cluster.sql('insert into early values (1001)');
    await delay(20);
    afterFirst = await cluster.value('select clock_timestamp()');
    await delay(20);
    await cluster.sql('insert into early values (1002)');
    await cluster.sql(`create tablespace ts2 location '${root}/ts2'`);
    await cluster.sql('create table late (i int) tablespace ts2');
    await cluster.archive();
    await cluster.stop();
    ({ config } = cluster);
  });

  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const place = (): Workspace => ({ ...workspace(), config });

  test('one that is in the backup is mapped into the run directory; buffers are capped by what this machine has', async () => {
    const before = fingerprint(root);
    const run = await drill(place(), '--target-time', afterFirst, '--check-sql', 'select count(*) = 1001 from early');
    expect(run.report?.reasons).toEqual([]);
    expect(run).toMatchObject({ status: 0, report: { verdict: 'passed' } });
    expect(run.report?.sandbox.settings.find(({ name }) => name === 'shared_buffers')).toMatchObject({
      production: '640GB',
      why: expect.stringContaining('capped') as string,
    });
    expect(leftovers(run.workspace)).toEqual([]);
    expect(fingerprint(root)).toEqual(before);
  });

  test('one that WAL creates after the backup is not made in production, and the drill says why it ended', async () => {
    const before = fingerprint(root);
    const run = await drill(place());
    expect(run).toMatchObject({ status: 3, report: { verdict: 'inconclusive' } });
    expect(run.report?.reasons.map(({ code }) => code)).toEqual(['tablespace-outside']);
    expect(run.report?.reasons[0]?.message).toContain(`${root}/ts2`);
    expect(leftovers(run.workspace)).toEqual([]);
    expect(fingerprint(root)).toEqual(before);
  });
});
