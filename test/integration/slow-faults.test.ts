import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, inject, test } from 'vitest';
import { reportSchema } from '../../src/report/report.ts';
import { shellJoin } from '../../src/core/shell-quote.ts';
import {
  damagedWorkspace,
  drill,
  drillArgv,
  flipByte,
  leftovers,
  onThisMachineAlone,
  sandboxKind,
  workspace,
  writePlan,
  type Workspace,
} from '../fixtures/drill.ts';
import { AT_ONCE } from '../fixtures/cluster.ts';
import { dockerLines } from '../fixtures/engine.ts';
import { serverOf } from '../fixtures/ssh-server.ts';

const fullBackup = (place: Workspace): string =>
  readdirSync(join(place.repo, 'backup/shop')).find((name) => name.endsWith('F')) ?? '';

describe.concurrent('a restore that fails', () => {
  onThisMachineAlone(() => {
    test('a damaged file of the backup', async ({ expect: expectHere, onTestFinished }) => {
      const place = damagedWorkspace(undefined, onTestFinished);
      appendFileSync(place.config, `\n[global]\n${AT_ONCE}\n`);
      const full = fullBackup(place);
      flipByte(join(place.repo, 'backup/shop', full, 'pg_data/base/1/1247.zst'));
      const run = await drill(place, '--backup', full);
      expectHere(run).toMatchObject({ status: 1, report: { verdict: 'failed', rto: { measuredMs: null } } });
      expectHere(run.report?.reasons.map(({ code }) => code)).toEqual(['checksum-mismatch']);
      expectHere(leftovers(place)).toEqual([]);
    });

    test('a missing file of the backup', async ({ expect: expectHere, onTestFinished }) => {
      const place = damagedWorkspace(undefined, onTestFinished);
      appendFileSync(place.config, `\n[global]\n${AT_ONCE}\n`);
      const full = fullBackup(place);
      rmSync(join(place.repo, 'backup/shop', full, 'pg_data/base/1/1247.zst'));
      const run = await drill(place, '--backup', full);
      expectHere(run).toMatchObject({ status: 1, report: { verdict: 'failed' } });
      expectHere(run.report?.reasons.map(({ code }) => code)).toEqual(['backup-file-missing']);
    });
  });

  test('a file system that fills up meanwhile', async ({ expect: expectHere, onTestFinished }) => {
    const place = workspace(undefined, onTestFinished);
    const small = { local: drillOnSmallFileSystem, docker: drillOnSmallVolume, ssh: drillOnSmallServer }[sandboxKind];
    const report = reportSchema.parse(JSON.parse(await small(place)));
    expectHere(report.verdict).toBe('inconclusive');
    expectHere(report.reasons, JSON.stringify(report.reasons)).toMatchObject([{ code: 'disk-full' }]);
    expectHere(report.cleanup.done).toBe(true);
  });
});

/** Runs a drill with its volume on a small tmpfs that another container fills once the restore has begun. */
async function drillOnSmallVolume(place: Workspace): Promise<string> {
  const plan = writePlan(place, 'small', { name: place.name, sandbox: { reuse: true } });
  const volume = `pgdrill-kept-${place.name}`;
  const options = ['type=tmpfs', 'device=tmpfs', 'o=size=400m,mode=1777'].flatMap((option) => ['--opt', option]);
  dockerLines('volume', 'create', ...options, volume);
  const filler = 'until [ -e /v/data/PG_VERSION ]; do sleep 0.005; done; cat /dev/zero >/v/filler || sleep 60';
  const argv = ['run', '--rm', '--detach', '--user=0', `--volume=${volume}:/v`, inject('image'), 'sh', '-c', filler];
  const [id = ''] = dockerLines(...argv);
  const run = await drill(place, plan);
  dockerLines('rm', '--force', id);
  dockerLines('volume', 'rm', volume);
  return run.stdout;
}

/** Runs a drill in a small tmpfs of the server that something there fills once the restore has begun. */
async function drillOnSmallServer(place: Workspace): Promise<string> {
  const server = serverOf(inject('server'));
  const plan = writePlan(place, 'small', { name: place.name, sandbox: { scratch: '/small' } });
  const restoring = '[ -n "$(find /small -path "*/data/PG_VERSION")" ]';
  server.sh(`(until ${restoring}; do sleep 0.005; done; cat /dev/zero >/small/filler) >/dev/null 2>&1 &`);
  const run = await drill(place, plan);
  server.sh('rm /small/filler');
  return run.stdout;
}

/** Runs a drill with its scratch directory on a small tmpfs that something else fills once the restore has begun. */
async function drillOnSmallFileSystem(place: Workspace): Promise<string> {
  mkdirSync(place.scratch);
  const filler = `until ls ${place.scratch}/*/data/PG_VERSION >/dev/null 2>&1; do kill -0 $$ || exit; sleep 0.005; done; cat /dev/zero >${place.scratch}/filler`;
  const script = `{ ${filler}; } >/dev/null 2>&1 & exec ${shellJoin(drillArgv(place, []))}`;
  const asRoot = process.getuid?.() === 0;
  const mount = `mount -t tmpfs -o size=400m,mode=0755 tmpfs ${place.scratch} || exit 1\n`;
  const argv = asRoot
    ? ['unshare', '--mount', 'sh', '-c', mount + script]
    : [
        'bwrap',
        '--dev-bind',
        '/',
        '/',
        '--size',
        String(400 * 1024 ** 2),
        '--tmpfs',
        place.scratch,
        'sh',
        '-c',
        script,
      ];
  const [program = '', ...rest] = argv;
  const child = spawn(program, rest, { cwd: place.root, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  if (stdout === '') throw new Error(`ended with ${String(status)} and no report: ${stderr}`);
  return stdout;
}
