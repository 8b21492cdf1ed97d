import { appendFileSync, globSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Cluster, makeTestDirectory, must, production, SMALL_SEGMENTS } from '../fixtures/cluster.ts';
import { copyTree } from '../fixtures/copy-tree.ts';
import { command, drill, leftovers, workspace, writePlan, type Workspace } from '../fixtures/drill.ts';

/** Segments on each side of a failover: more than lie in the queue when they are taken from there without pgBackRest. */
const SEGMENTS = 24;

const marksUpTo = (last: number): string[] => [
  '--check-sql',
  `select array_agg(id order by id) = array(select generate_series(1, ${last})) from marks`,
];

/** A production that was failed over once, whose timelines have many segments each. */
describe('WAL that is fetched ahead', () => {
  const root = makeTestDirectory('wal-ahead');
  let cluster: Cluster;
  let middle = '';

  beforeAll(async () => {
    cluster = await Cluster.create({
      root,
      global: [`repo1-path=${root}/repo1`, 'compress-type=none'],
      initdb: SMALL_SEGMENTS,
    });
    await cluster.sql('create table marks (id int)');
    await cluster.backup('full');
    const fill = async (from: number): Promise<void> => {
      for (let id = from; id < from + SEGMENTS; id += 1) {
        await cluster.sql(`insert into marks values (${id})`);
        if (id === SEGMENTS / 2) middle = await cluster.value('select pg_current_wal_insert_lsn()');
        await cluster.sql('select pg_switch_wal()');
      }
      await cluster.archive();
    };
    await fill(1);
    await cluster.stop();
    await production.writeFile(join(cluster.data, 'recovery.signal'), '', 0o600);
    appendFileSync(join(cluster.data, 'postgresql.auto.conf'), "restore_command = '/bin/false'\n");
    await cluster.start();
    await cluster.untilPromoted();
    await fill(SEGMENTS + 1);
    await cluster.stop();
  });

  afterAll(async () => {
    await production.run(cluster.stopCommand());
    rmSync(root, { recursive: true, force: true });
  });

  /** A copy of the repository to do harm to. */
  function copied(): Workspace {
    const base = workspace();
    const repo = join(base.root, 'repo');
    copyTree(join(root, 'repo1'), repo);
    const text = readFileSync(cluster.config, 'utf8')
      .replaceAll(join(root, 'repo1'), repo)
      .replaceAll(/^pg1-.*$/gm, '');
    writeFileSync(join(base.root, 'pgbackrest.conf'), text, { mode: 0o644 });
    return { ...base, repo, config: join(base.root, 'pgbackrest.conf') };
  }

  test('leads over a fork to the same end, says what it is the time of, and a person can have the same', async () => {
    const place = { ...workspace(), config: cluster.config };
    const plan = writePlan(place, 'ahead', { restore: { walFetch: 'ahead' } });
    const run = await drill(place, plan, ...marksUpTo(2 * SEGMENTS));
    expect(run.report?.reasons).toEqual([]);
    expect(run).toMatchObject({ status: 0, report: { verdict: 'passed', recovery: { walFetch: 'ahead' } } });
    expect(leftovers(place)).toEqual([]);
    expect(run.report?.sandbox.settings).toContainEqual(
      expect.objectContaining({ name: 'archive-async', production: 'n', drill: 'y' }),
    );
    expect(readFileSync(join(run.folder, 'report.md'), 'utf8')).toContain(
      'the RTO is that of a recovery which does the same',
    );
    const asConfigured = await drill(place, writePlan(place, 'ahead', {}), ...marksUpTo(2 * SEGMENTS));
    expect(asConfigured.report?.recovery).toMatchObject({
      walFetch: 'as-configured',
      otherWalFetch: { walFetch: 'ahead', runId: run.report?.runId },
    });

    const script = await command(place, ['recover-script', plan, '--config', place.config, '--reports', place.reports]);
    expect(script.status).toBe(0);
    expect(script.stdout).toContain(`run ${run.report?.runId}`);
    const file = join(root, 'recover.sh');
    await production.writeFile(file, script.stdout.replace(/^pg_ctl .*$/m, ''), 0o600);
    await expect(must(['sh', file])).rejects.toThrow(`refused: ${cluster.data} is not empty`);
    rmSync(cluster.data, { recursive: true });
    await must(['sh', file]);
    await must(cluster.startCommand());
    await cluster.untilPromoted();
    expect(await cluster.value('select max(id), count(*) from marks')).toBe(String(2 * SEGMENTS));
    expect(await cluster.value('select timeline_id from pg_control_checkpoint()')).toBe('3');
  });

  test('stops at a target with more in the queue, of which the next run takes nothing', async () => {
    const place = copied();
    const ahead = [
      writePlan(place, 'reused', { restore: { walFetch: 'ahead' } }),
      '--reuse',
      '--target-lsn',
      middle,
      '--target-timeline',
      '1',
    ];
    const first = await drill(place, ...ahead, ...marksUpTo(SEGMENTS / 2));
    expect(first.report?.reasons).toEqual([]);
    expect(first).toMatchObject({ status: 0, report: { verdict: 'passed', recovery: { walFetch: 'ahead' } } });
    // Behind the last record of a segment that was switched away from: PostgreSQL would not see it.
    const [name = ''] = globSync('archive/shop/*/*/000000010000000000000010-*', { cwd: place.repo });
    const segment = join(place.repo, name);
    truncateSync(segment, statSync(segment).size - 1);
    appendFileSync(segment, 'x');
    const second = await drill(place, ...ahead);
    expect(second).toMatchObject({ status: 1, report: { verdict: 'failed' } });
    expect(second.report?.reasons.map(({ code }) => code)).toEqual(['wal-checksum-mismatch']);
  });
});
