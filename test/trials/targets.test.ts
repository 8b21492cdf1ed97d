import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { damagedWorkspace, drill, flipByte, segmentFile, startDrill, workspace, writePlan } from '../fixtures/drill.ts';
import type { DrillRun, Workspace } from '../fixtures/drill.ts';
import { makeTargetHistory, type TargetHistory } from '../fixtures/target-history.ts';
import { until } from '../fixtures/until.ts';
import { trial } from './trial.ts';

let history: TargetHistory;

beforeAll(async () => {
  history = await makeTargetHistory();
});

afterAll(() => rmSync(history.root, { recursive: true, force: true }));

const place = (): Workspace => workspace(history);
const copied = (): Workspace => damagedWorkspace(history);
const after = (id: number): string => history.commits.get(id)?.after ?? '';
const lsnAfter = (id: number): string => history.commits.get(id)?.lsnAfter ?? '';
const xidOf = (id: number): string => history.commits.get(id)?.xid ?? '';

/** A check that holds when exactly these rows are there. */
const rows = (...ids: number[]): string[] => [
  '--check-sql',
  `select coalesce(array_agg(id order by id), '{}') = '{${ids.join()}}' from marks`,
];

/** A drill that needs no warning of its own. */
async function withoutAWord(run: Promise<DrillRun>): Promise<DrillRun> {
  const drilled = await run;
  expect(drilled.report?.reasons ?? []).toEqual([]);
  return drilled;
}

trial('B4', () => drill(place(), '--target-name', 'twice'));
trial('B4b', async () => {
  const run = await withoutAWord(drill(place(), '--target-name', 'on both sides', ...rows(1, 2, 3, 4, 5, 100)));
  expect(run.report?.recovery?.proof).toMatch(/whose record begins at LSN [0-9A-F]+\/[0-9A-F]+/);
  return run;
});
trial('B4c', () => drill(place(), '--target-name', 'on both sides', '--backup', history.firstBackup));

trial('B11', async () => {
  const run = await drill(place(), '--target-xid', history.rolledBack);
  expect(run.report?.reasons[0]?.message).toContain(`before it transaction ${history.prepared} at LSN`);
  expect(run.report?.reasons[0]?.message).toContain(`after it transaction ${xidOf(2)} at LSN`);
  return run;
});

trial('B12', async () => {
  const place12 = place();
  const clock = join(place12.root, 'clock.mjs');
  writeFileSync(
    clock,
    `const Real = Date; const back = 3_600_000;
     globalThis.Date = class extends Real {
       constructor(...args) { super(...(args.length === 0 ? [Real.now() - back] : args)); }
       static now() { return Real.now() - back; }
     };`,
  );
  const run = await startDrill(place12, ['--rpo', '1h'], { NODE_OPTIONS: `--import=${clock}` }).finished;
  expect(run.report?.rpo).toMatchObject({ measuredMs: null, method: null, met: null, applies: true });
  return run;
});

trial('B13', async () => {
  const busy = copied();
  // As before production was failed over.
  for (const file of globSync('archive/shop/15-1/{00000002*,*/*.partial*}', { cwd: busy.repo }))
    rmSync(join(busy.repo, file), { recursive: true });
  rmSync(segmentFile(busy.repo, history.segments.late));
  const row5 = segmentFile(busy.repo, history.segments.twice);
  renameSync(row5, join(busy.root, 'held'));
  mkdirSync(join(busy.root, 'elsewhere'));
  // The archive grows meanwhile, so that it cannot be compared with what it was.
  const { finished } = startDrill({ ...busy, repo: join(busy.root, 'elsewhere') }, rows(1, 2, 3, 4, 100));
  await until('the restore begins', () => globSync('*/*/pgbackrest-restore.log', { cwd: busy.reports }).length > 0);
  renameSync(join(busy.root, 'held'), row5);
  const run = await withoutAWord(finished);
  expect(run.report?.source.archive?.max).toBe(history.segments.pair);
  return run;
});

trial('C4', () => {
  const thinned = copied();
  rmSync(segmentFile(thinned.repo, history.segments.between));
  return withoutAWord(drill(thinned, '--target-name', 'old', ...rows(1, 2, 100)));
});
trial('C4b', () => withoutAWord(drill(place(), '--target-name', 'late', ...rows(1, 2, 3, 4, 5, 100))));
trial('C4c', () => withoutAWord(drill(place(), '--target-xid', xidOf(6), ...rows(1, 2, 3, 4, 5, 6, 100))));
trial('C4d', () => {
  const damaged = copied();
  flipByte(segmentFile(damaged.repo, history.segments.between), 60);
  return drill(damaged, '--target-name', 'old', ...rows(1, 2, 100));
});

trial('C5', () => withoutAWord(drill(place(), '--target-xid', history.prepared, ...rows(1, 100))));
trial('C5b', () => {
  const full = String(BigInt(xidOf(3)) + 2n ** 32n);
  return withoutAWord(drill(place(), '--target-xid', full, ...rows(1, 2, 3, 100)));
});
trial('C5c', () => withoutAWord(drill(place(), '--target-xid', `0${xidOf(3)}`, ...rows(1, 2, 3, 100))));

trial('C7', () => withoutAWord(drill(place(), '--target-name', "it's", ...rows(1))));
trial('C7b', () => withoutAWord(drill(place(), '--target-name', 'back\\slash', ...rows(1))));
trial('C7c', () => withoutAWord(drill(place(), '--target-name', 'space ', ...rows(1))));

trial('C12', async () => {
  const cut = copied();
  rmSync(segmentFile(cut.repo, history.segments.last));
  const run = await withoutAWord(drill(cut, ...rows(1, 2, 3, 4, 5, 6, 100)));
  expect(run.report?.recovery?.proof).toContain('which holds only a part of a record');
  return run;
});

trial('C13', () => {
  const checked = place();
  const check = { name: 'fresh', sql: 'select max(at) from marks', expect: { maxAge: '1s' } };
  return withoutAWord(drill(checked, writePlan(checked, 'age', { target: { name: 'late' }, checks: [check] })));
});

trial('C15', () => {
  const damaged = copied();
  flipByte(segmentFile(damaged.repo, history.segments.twice));
  return drill(damaged, '--target-time', after(3), ...rows(1, 2, 3, 100));
});
trial('C15b', () => {
  const damaged = copied();
  flipByte(segmentFile(damaged.repo, history.segments.twice));
  return drill(damaged, '--target-lsn', lsnBefore(lsnAfter(3)), ...rows(1, 2, 3, 100));
});
trial('C15c', () => {
  const damaged = copied();
  flipByte(segmentFile(damaged.repo, history.segments.pair));
  return drill(damaged, '--target-lsn', lsnBefore(lsnAfter(3)));
});

trial('D4', async () => {
  const run = await drill(place(), '--target-time', history.idle);
  expect(run.report?.reasons[0]?.hint).toMatch(/--latest, or .*--target-lsn [0-9A-F]+\/[0-9A-F]+: the same data/);
  return run;
});

trial('D13', () => {
  const damaged = copied();
  const file = segmentFile(damaged.repo, history.segments.pair);
  // The end of the record of row 3's commit; then the file gets the name that its content has.
  flipByte(file, (Number.parseInt(lsnAfter(3).split('/')[1] ?? '', 16) % (1024 * 1024)) - 8);
  const sha1 = createHash('sha1').update(readFileSync(file)).digest('hex');
  renameSync(file, file.replace(/[0-9a-f]{40}$/, sha1));
  return drill(damaged, '--target-time', after(4));
});

trial('D14', () => {
  const holed = copied();
  rmSync(segmentFile(holed.repo, history.segments.twice));
  return drill(holed, '--target-name', 'late');
});
trial('D14b', () => {
  const holed = copied();
  rmSync(segmentFile(holed.repo, history.segments.twice));
  return drill(holed, '--target-xid', xidOf(5));
});

trial('I6', async () => {
  const run = await withoutAWord(drill(place(), '--target-time', after(3), '--rpo', '1s'));
  expect(run.report?.rpo).toMatchObject({ measuredMs: null, met: null, applies: false, objectiveMs: 1000 });
  return run;
});

trial('I1g', () => drill(place(), '--target-name', 'odl'));
trial('I1h', () => drill(place(), '--target-xid', '4000000'));
trial('I1i', async () => {
  const run = await drill(place(), '--target-xid', history.within);
  expect(run.stderr).toContain(`is a subtransaction of ${history.whole} `);
  expect(run.stderr).toContain(`with --target-xid ${history.whole}`);
  return run;
});
trial('I1j', () => {
  const damaged = copied();
  flipByte(segmentFile(damaged.repo, history.segments.between), 60);
  return drill(damaged, '--target-name', 'odl');
});

/** A position in the last record before another one: records are at least 24 bytes long. */
function lsnBefore(lsn: string): string {
  const [high = '', low = ''] = lsn.split('/');
  return `${high}/${(Number.parseInt(low, 16) - 24).toString(16).toUpperCase()}`;
}
