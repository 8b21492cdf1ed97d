import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  killProcessesOf,
  processes,
  processesOf,
  runningDataDirectories,
} from '../../../../src/sandbox/local/processes.ts';
import { temporaryDirectory } from '../../../fixtures/plans.ts';

interface Started {
  readonly name: string;
  readonly cwd?: string;
  readonly arguments?: readonly string[];
}

/** A process that sleeps under a name of ours; the shell takes any arguments. */
async function start({ name, cwd = '/', arguments: more = [] }: Started): Promise<ChildProcess> {
  const child = spawn('/bin/sh', ['-c', 'echo up; read -r _', ...more], {
    argv0: name,
    cwd,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

const pidsOf = (directory: string): number[] => processesOf(directory).map(({ pid }) => pid);

test('this process is among all, with its arguments and directory', () => {
  const self = processes().find(({ pid }) => pid === process.pid);
  expect(self?.cwd).toBe(process.cwd());
  expect(self?.argv.length).toBeGreaterThan(0);
});

test('a server is found by its data directory, named or worked in', async () => {
  const [named, worked, other] = [temporaryDirectory(), temporaryDirectory(), temporaryDirectory()];
  await start({ name: '/usr/lib/postgresql/15/bin/postgres', arguments: ['-D', named] });
  await start({ name: 'postgres: main: checkpointer ', cwd: worked });
  await start({ name: 'psql', cwd: other, arguments: ['-D', other] });
  const found = runningDataDirectories();
  expect(found).toContain(named);
  expect(found).toContain(worked);
  expect(found).not.toContain(other);
});

test('of a run directory are the programs of a drill in it or with it in their arguments, and nobody else', async () => {
  const directory = temporaryDirectory();
  const [root, sibling] = [join(directory, 'run'), join(directory, 'run-sibling')];
  mkdirSync(join(root, 'data'), { recursive: true });
  mkdirSync(sibling);
  const inside = await start({ name: 'postgres', cwd: join(root, 'data') });
  const named = await start({ name: '/usr/bin/pgbackrest', arguments: [`--pg1-path=${root}/data`, 'restore'] });
  const feed = await start({ name: 'sh', arguments: [`${root}/feed/wal-feed.sh`, `${root}/feed`] });
  await start({ name: 'vim', cwd: join(root, 'data') });
  await start({ name: 'less', arguments: [`${root}/log/postgresql.log`] });
  await start({ name: 'postgres', cwd: sibling, arguments: ['-D', sibling] });
  await start({ name: 'pgbackrest', arguments: [`${root}x/data`] });
  expect(new Set(pidsOf(root))).toEqual(new Set([inside.pid, named.pid, feed.pid]));
});

test('they are ended, and only they', async () => {
  const root = temporaryDirectory();
  const server = await start({ name: 'postgres', cwd: root });
  const worker = await start({ name: 'pgbackrest', arguments: [`--pg1-path=${root}/data`] });
  const editor = await start({ name: 'vim', cwd: root });
  const ended = Promise.all([once(server, 'exit'), once(worker, 'exit')]);
  expect(await killProcessesOf(root)).toEqual([]);
  await ended;
  expect(pidsOf(root)).toEqual([]);
  expect(editor.exitCode).toBeNull();
  expect(editor.signalCode).toBeNull();
});

test('where nothing runs, nothing is ended', async () => {
  expect(await killProcessesOf(temporaryDirectory())).toEqual([]);
});
