import {
  existsSync,
  globSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, inject } from 'vitest';
import { processesOf } from '../../src/sandbox/processes.ts';
import {
  command,
  damagedWorkspace,
  drill,
  flipByte,
  leftovers,
  startDrill,
  workspace,
  writePlan,
  type DrillRun,
  type Workspace,
} from '../fixtures/drill.ts';
import { textOf, until } from '../fixtures/until.ts';
import { trial } from './trial.ts';

const golden = inject('golden');
const SIX_MARKS = ['--check-sql', 'select count(*) = 6 and max(id) = 6 from marks'];

/** Drills onto what is kept, and removes that afterwards. */
async function again(place: Workspace, start: 'empty' | 'delta'): Promise<DrillRun> {
  const run = await drill(place, '--reuse', ...SIX_MARKS);
  expect(run.report?.restore?.start).toBe(start);
  await command(place, ['sweep', '--scratch', place.scratch, '--kept']);
  return run;
}

trial('B21', async () => {
  const place = workspace();
  await drill(place, '--reuse');
  const data = join(place.scratch, 'kept-shop/data');
  const files = globSync('{base,global,pg_xact}/**', { cwd: data }).filter((name) =>
    statSync(join(data, name)).isFile(),
  );
  expect(files.length).toBeGreaterThan(500);
  for (const name of files) {
    const path = join(data, name);
    const { atime, mtime, size } = statSync(path);
    if (size === 0) continue;
    flipByte(path);
    utimesSync(path, atime, mtime);
  }
  writeFileSync(join(data, 'standby.signal'), '');
  writeFileSync(join(data, 'pg_wal/000000010000000000000001'), 'x'.repeat(16 * 1024 ** 2));
  return again(place, 'delta');
});

/** The largest file of a full backup: pgBackRest restores it first. */
function largestFile(repo: string): string {
  const files = globSync('backup/shop/*F/pg_data/base/**', { cwd: repo }).map((name) => join(repo, name));
  return files.toSorted((a, b) => statSync(b).size - statSync(a).size)[0] ?? '';
}

/** Waits until a file holds a text. */
function untilHolds(path: string, text: string): Promise<void> {
  return until(`${path} holds ${text}`, () => textOf(path).includes(text));
}

trial('C20', async () => {
  const place = damagedWorkspace();
  // pgBackRest tries again for some seconds, so that the restore stands still there.
  const file = largestFile(place.repo);
  renameSync(file, `${file}.away`);
  const plan = writePlan(place, 'once', { name: 'shop', source: { stanza: 'shop', processMax: 1 } });
  const first = startDrill(place, [plan, '--reuse']);
  const data = join(place.scratch, 'kept-shop/data');
  await untilHolds(join(data, 'backup.manifest'), '[backup]');
  first.kill('SIGINT');
  expect((await first.finished).report?.verdict).toBe('cancelled');
  expect(['PG_VERSION', 'backup.manifest'].map((name) => existsSync(join(data, name)))).toEqual([false, true]);
  renameSync(`${file}.away`, file);
  return again(place, 'delta');
});

trial('C20b', async () => {
  const place = workspace();
  const run = startDrill(place, ['--reuse', '--check-sql', 'select pg_sleep(60) is not null']);
  await untilHolds(join(place.scratch, 'kept-shop/log/postgresql.log'), 'ready to accept connections');
  run.kill('SIGKILL');
  await run.finished;
  const data = join(place.scratch, 'kept-shop/data');
  expect(existsSync(join(data, 'PG_VERSION'))).toBe(true);
  // As a server leaves it that had no time to shut down.
  writeFileSync(join(data, 'postmaster.pid'), `1\n${data}\n1\n5432\n\n`);
  return again(place, 'delta');
});

trial('C20c', async () => {
  const place = workspace();
  await drill(place, '--target-immediate');
  const kept = join(place.scratch, 'kept-shop');
  mkdirSync(kept);
  writeFileSync(join(kept, 'pgdrill-run.json.new'), '{ "marker": "pgdrill-');
  return again(place, 'empty');
});

trial('C20d', async () => {
  const place = workspace();
  await drill(place, '--reuse', '--target-immediate');
  rmSync(join(place.scratch, 'kept-shop/data/PG_VERSION'));
  return again(place, 'empty');
});

trial('I11', async () => {
  const place = workspace();
  const kept = await drill(place, '--reuse', '--keep');
  const root = join(place.scratch, 'kept-shop');
  const before = processesOf(root).map(({ pid }) => pid);
  expect(before.length).toBeGreaterThan(0);
  const run = await drill(place, '--reuse');
  expect(processesOf(root).map(({ pid }) => pid)).toEqual(before);
  await command(place, ['sweep', '--scratch', place.scratch, '--run', kept.report?.runId ?? '']);
  expect(leftovers(place)).toEqual([]);
  return run;
});

const showing = (place: Workspace, path: string): Promise<DrillRun> =>
  drill(place, writePlan(place, 'shows', { sandbox: { mounts: [path] } }));

trial('A22', () => {
  const place = damagedWorkspace();
  return showing(place, dirname(place.repo));
});

trial('A22b', () => {
  const place = workspace();
  const link = join(place.root, 'tools');
  symlinkSync(golden.data, link);
  return showing(place, link);
});
