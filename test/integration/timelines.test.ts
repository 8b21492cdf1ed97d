import { appendFileSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Cluster, makeTestDirectory, production } from '../fixtures/cluster.ts';
import { copyTree } from '../fixtures/copy-tree.ts';
import { drill, leftovers, workspace, type Workspace } from '../fixtures/drill.ts';

/** A production that was failed over once: timeline 1 with a backup, then timeline 2. */
describe('timelines', () => {
  const root = makeTestDirectory('timelines');
  let config = '';

  beforeAll(async () => {
    const cluster = await Cluster.create({ root, global: [`repo1-path=${root}/repo1`, 'compress-type=none'] });
    await cluster.sql('create table marks (id int)');
    await cluster.backup('full');
    await cluster.sql('insert into marks values (1)');
    await cluster.archive();
    await cluster.stop();
    await production.writeFile(join(cluster.data, 'recovery.signal'), '', 0o600);
    appendFileSync(join(cluster.data, 'postgresql.auto.conf'), "restore_command = '/bin/false'\n");
    await cluster.start();
    await cluster.untilPromoted();
    await cluster.sql('insert into marks values (2)');
    await cluster.archive();
    await cluster.stop();
    ({ config } = cluster);
  });

  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const place = (): Workspace => ({ ...workspace(), config });

  /** A copy of the repository to do harm to. */
  function copied(): Workspace {
    const base = workspace();
    const repo = join(base.root, 'repo');
    copyTree(join(root, 'repo1'), repo);
    const text = readFileSync(config, 'utf8')
      .replaceAll(join(root, 'repo1'), repo)
      .replaceAll(/^pg1-.*$/gm, '');
    writeFileSync(join(base.root, 'pgbackrest.conf'), text, { mode: 0o644 });
    return { ...base, repo, config: join(base.root, 'pgbackrest.conf') };
  }

  test('latest follows the newest timeline across the fork', async () => {
    const run = await drill(place(), '--check-sql', "select array_agg(id order by id) = '{1,2}' from marks");
    expect(run.report?.reasons).toEqual([]);
    expect(run).toMatchObject({ status: 0, report: { verdict: 'passed', recovery: { timeline: 3 } } });
    expect(leftovers(run.workspace)).toEqual([]);
  });

  test('the timeline of the backup alone ends where it was left', async () => {
    const run = await drill(
      place(),
      '--target-timeline',
      'current',
      '--check-sql',
      "select array_agg(id) = '{1}' from marks",
    );
    const seen = JSON.stringify({ source: run.report?.source, at: run.report?.startedAt });
    expect(
      run.report?.reasons.map(({ code }) => code),
      seen,
    ).toEqual(['other-branch']);
    expect(run).toMatchObject({ status: 0, report: { verdict: 'passed' } });
  });

  test('a newer timeline whose WAL is gone is not replaced by the older one', async () => {
    const copy = copied();
    for (const file of globSync('archive/shop/*/00000002*/*', { cwd: copy.repo })) rmSync(join(copy.repo, file));
    const run = await drill(copy);
    expect(run).toMatchObject({ status: 1, report: { verdict: 'failed' } });
    expect(run.report?.reasons.map(({ code }) => code)).toEqual(['wal-missing']);
  });

  test('a stray history that forked before the backup, as a copy with archiving leaves it, is told before the restore', async () => {
    const copy = copied();
    const [history = ''] = globSync('archive/shop/*/00000002.history', { cwd: copy.repo });
    const stray = join(copy.repo, history.replace('00000002', '00000003'));
    writeFileSync(stray, '1\t0/1000028\tno recovery target specified\n', { mode: 0o644 });
    const run = await drill(copy);
    expect(run).toMatchObject({ status: 1, report: { verdict: 'failed' } });
    expect(run.report?.reasons.map(({ code }) => code)).toEqual(['timeline-mismatch']);
    expect(run.report?.phases.find(({ id }) => id === 'restore')?.status).toBe('not-run');
  });
});
