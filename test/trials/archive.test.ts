import { copyFileSync, globSync, rmSync, utimesSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { makeBranching, placeAt, removeFrom, type Branching } from '../fixtures/branching.ts';
import { must } from '../fixtures/cluster.ts';
import { drill, segmentFile, type DrillRun } from '../fixtures/drill.ts';
import { trial } from './trial.ts';

let made: Branching;

beforeAll(async () => {
  made = await makeBranching();
});

afterAll(() => rmSync(made.root, { recursive: true, force: true }));

/** A check that the rows that are there are these. */
const rows = (...ids: number[]): string[] => [
  '--check-sql',
  `select array_agg(id order by id) = '{${ids.join()}}' from marks`,
];

trial('B2', () => {
  const place = placeAt(made, 'failover');
  removeFrom(place.repo, 'archive/shop/*/00000002.history');
  return drill(place);
});

trial('B2b', () => {
  const place = placeAt(made, 'failover');
  removeFrom(place.repo, 'archive/shop/*/00000002.history');
  return drill(place, '--target-time', new Date().toISOString());
});

trial('B2c', () => {
  const place = placeAt(made, 'failover');
  removeFrom(place.repo, 'archive/shop/*/00000002.history');
  return drill(place, '--target-timeline', '1', ...rows(1, 2, 3));
});

trial('B2d', () => {
  const place = placeAt(made, 'third');
  removeFrom(place.repo, 'archive/shop/*/00000002.history');
  return drill(place);
});

trial('B2e', () => {
  const place = placeAt(made, 'third');
  removeFrom(place.repo, 'archive/shop/*/00000002.history');
  return drill(place, '--target-timeline', '3', ...rows(1, 2, 3, 200, 201, 300, 301));
});

trial('B5', () => drill(placeAt(made, 'recovered'), '--target-time', made.afterRow2, ...rows(1)));

trial('B5b', async () => {
  const run = await drill(
    placeAt(made, 'recovered'),
    '--target-time',
    made.afterRow2,
    '--target-timeline',
    '1',
    ...rows(1, 2),
  );
  expect(run.report?.reasons).toEqual([]);
  return run;
});

/** All of timeline 2 is gone from the archive. */
function withoutTimeline2(repo: string): void {
  removeFrom(repo, 'archive/shop/*/00000002*');
}

trial('B8', () => {
  const place = placeAt(made, 'failover', { production: 'failover' });
  withoutTimeline2(place.repo);
  return drill(place);
});

trial('B8b', () => {
  const place = placeAt(made, 'failover-backup-2', { repos: [1, 2] });
  withoutTimeline2(place.repo);
  return drill(place);
});

trial('B8c', () => {
  const place = placeAt(made, 'failover-backup');
  withoutTimeline2(place.repo);
  return drill(place, '--backup', made.sets[0]);
});

trial('B8d', () => {
  const place = placeAt(made, 'failover');
  const [first = ''] = globSync('archive/shop/*/00000002*/*', { cwd: place.repo }).toSorted();
  rmSync(join(place.repo, first));
  return drill(place);
});

trial('B18', () => {
  const place = placeAt(made, 'failover');
  withoutTimeline2(place.repo);
  return drill(place);
});

trial('B18b', () => {
  const place = placeAt(made, 'failover');
  withoutTimeline2(place.repo);
  return drill(place, '--target-timeline', '1', ...rows(1, 2, 3));
});

trial('B9', () => drill(placeAt(made, 'split')));

trial('B9b', () => drill(placeAt(made, 'split'), '--target-timeline', '1', ...rows(1, 2, 3, 4, 5, 6)));

trial('B9c', () => drill(placeAt(made, 'split'), '--target-time', new Date().toISOString()));

trial('B9d', async () => {
  await made.cluster.start();
  try {
    return await drill(placeAt(made, 'failover', { production: 'cluster' }));
  } finally {
    await made.cluster.stop();
  }
});

trial('C1', async () => {
  const run = await drill(placeAt(made, 'recovered', { production: 'recovered' }), ...rows(1, 100, 101));
  expect(run.report?.reasons).toEqual([]);
  expect(run.report?.source).toMatchObject({
    backup: { label: made.sets[0] },
    skippedSets: [{ label: made.sets[2], why: expect.stringContaining('timeline 2 leaves timeline 1') as string }],
  });
  return run;
});

trial('C1b', () => drill(placeAt(made, 'recovered'), '--backup', made.sets[2]));

trial('C1c', async () => {
  const run = await drill(placeAt(made, 'third', { production: 'third' }), ...rows(1, 2, 3, 200, 201, 300, 301));
  expect(run.report?.reasons).toEqual([]);
  return run;
});

trial('C1d', async () => {
  const run = await drill(placeAt(made, 'failover-backup-2', { repos: [1, 2] }), ...rows(1, 2, 3, 200, 201, 202));
  expect(run.report?.reasons).toEqual([]);
  return run;
});

trial('D3', () => {
  const place = placeAt(made, 'base');
  const file = lastSegmentFile(place.repo);
  const other = join(dirname(file), `${basename(file).slice(0, 24)}-${'ab'.repeat(20)}`);
  copyFileSync(file, other);
  utimesSync(other, new Date(), new Date());
  return drill(place);
});

trial('D5', () => {
  const place = placeAt(made, 'base');
  removeFrom(place.repo, 'backup/shop/backup.info*');
  return drill(place);
});

trial('D5b', () => {
  const place = placeAt(made, 'base');
  removeFrom(place.repo, `backup/shop/${made.sets[2]}`);
  return drill(place);
});

trial('D5c', () => {
  const place = placeAt(made, 'base');
  removeFrom(place.repo, 'archive/shop/archive.info*');
  return drill(place);
});

trial('D6', async () => {
  const place = placeAt(made, 'base');
  const retention = ['--repo1-retention-full=9', '--repo1-retention-archive=1', '--repo1-retention-archive-type=full'];
  await must(['pgbackrest', `--config=${place.config}`, '--stanza=shop', ...retention, 'expire']);
  return drill(place, '--backup', 'oldest');
});

trial('D7', () => {
  const place = placeAt(made, 'base', { repos: [1, 2] });
  rmSync(segmentFile(place.repo, made.segmentOfRow1));
  return drill(place, '--backup', made.sets[0]);
});

trial('D17', () => {
  const place = placeAt(made, 'failover-backup');
  const newest =
    globSync('*F', { cwd: join(place.repo, 'backup/shop') })
      .toSorted()
      .at(-1) ?? '';
  return drill(place, '--target-timeline', '1', '--backup', newest);
});

trial('D17d', async () => {
  const place = placeAt(made, 'failover-backup');
  const own = ['--repo1-retention-full=1', 'expire'];
  await must(['pgbackrest', `--config=${place.config}`, '--stanza=shop', ...own]);
  return drill(place, '--target-timeline', '1');
});

trial('D17b', async () => {
  const run = await drill(placeAt(made, 'immediate'), ...rows(1, 2, 100, 101));
  expect(run.report?.source.backup?.label).toBe(made.sets[2]);
  return run;
});

trial('D17c', () => drill(placeAt(made, 'failover'), '--target-timeline', '7'));

trial('D18', async (): Promise<DrillRun> => {
  const place = placeAt(made, 'base', { repos: [1, 2] });
  removeFrom(place.repo, 'backup');
  const run = await drill(place, ...rows(1, 2, 3));
  expect(run.report?.source.repo?.key).toBe(2);
  return run;
});

function lastSegmentFile(repo: string): string {
  const names = globSync('archive/shop/*/00000001*/*', { cwd: repo }).filter((name) => /-[0-9a-f]{40}$/.test(name));
  return join(repo, names.toSorted().at(-1) ?? '');
}
