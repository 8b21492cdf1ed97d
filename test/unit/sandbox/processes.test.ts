import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import {
  killProcessesOf,
  processes,
  processesOf,
  RUN_VARIABLE,
  runningDataDirectories,
} from '../../../src/sandbox/processes.ts';
import { temporaryDirectory } from '../../fixtures/plans.ts';

interface Started {
  readonly name: string;
  readonly cwd?: string;
  readonly arguments?: readonly string[];
  /** The directory of the run that it was started for. */
  readonly run?: string;
}

/** A process that sleeps under a name of ours; the shell takes any arguments. */
async function start({ name, cwd = '/', arguments: more = [], run }: Started): Promise<ChildProcess> {
  const child = spawn('/bin/sh', ['-c', 'echo up; read -r _', ...more], {
    argv0: name,
    cwd,
    env: { ...process.env, ...(run === undefined ? {} : { [RUN_VARIABLE]: run }) },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

/** A server as in a container: where it works, `directory` has another name. */
async function startElsewhere(directory: string, name: string, run = ''): Promise<void> {
  const script = 'exec -a postgres sh -c "echo up; read -r _"';
  const words = ['--dev-bind', '/', '/', '--bind', directory, name, '--chdir', name, '--die-with-parent'];
  words.push('--setenv', RUN_VARIABLE, run);
  // bubblewrap itself must not name the directory: it works here, not there.
  const child = spawn('bwrap', ['--args', '3', 'bash', '-c', script], { stdio: ['pipe', 'pipe', 'ignore', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  (child.stdio[3] as Writable).end(words.map((word) => `${word}\0`).join(''));
  await once(child.stdout as Readable, 'data');
}

const pidsOf = (directory: string): number[] => processesOf(directory).map(({ pid }) => pid);

test('this process is among all, with its arguments and directory', () => {
  const self = processes().find(({ pid }) => pid === process.pid);
  expect(self?.cwd).toBe(process.cwd());
  expect(self?.argv.length).toBeGreaterThan(0);
});

/** What makes a directory one of a server's. */
function dataDirectory(): string {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'PG_VERSION'), '15\n');
  return directory;
}

test('a server is found by its data directory, named or worked in', async () => {
  const [named, worked, other] = [dataDirectory(), dataDirectory(), dataDirectory()];
  await start({ name: '/usr/lib/postgresql/15/bin/postgres', arguments: ['-D', named] });
  await start({ name: 'postgres: main: checkpointer ', cwd: worked });
  await start({ name: 'psql', cwd: other, arguments: ['-D', other] });
  const found = runningDataDirectories('/nowhere');
  expect(found).toContain(named);
  expect(found).toContain(worked);
  expect(found).not.toContain(other);
});

test('a program of PostgreSQL that works elsewhere, as postgres --version does, is no server', async () => {
  const [named, worked] = [temporaryDirectory(), temporaryDirectory()];
  await start({ name: 'postgres', cwd: worked, arguments: ['--version'] });
  await start({ name: 'postgres', cwd: '/', arguments: ['-D', named] });
  await start({ name: 'postgres', cwd: '/', arguments: ['-D', '.'] });
  const found = runningDataDirectories('/nowhere');
  expect(found).not.toContain(worked);
  expect(found).not.toContain(named);
  expect(found).not.toContain('/');
  expect(found).not.toContain(process.cwd());
});

test('where it cannot be seen whether a directory is one of a server, it is taken for one', async () => {
  const unclear = temporaryDirectory();
  symlinkSync('PG_VERSION', join(unclear, 'PG_VERSION'));
  await start({ name: 'postgres', cwd: unclear });
  expect(runningDataDirectories('/nowhere')).toContain(unclear);
});

test('what has ended since the processes were listed is no server: two drills at one time ask postgres -C', async () => {
  const directory = dataDirectory();
  const child = await start({ name: 'postgres', arguments: ['-D', directory] });
  const listed = processes();
  expect(runningDataDirectories('/nowhere', listed)).toContain(directory);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(runningDataDirectories('/nowhere', listed)).not.toContain(directory);
});

test('a server in a container is found by what its directory is, not by what it is called there', async () => {
  const [directory, name] = [dataDirectory(), dataDirectory()];
  await startElsewhere(directory, name);
  const scratch = join(directory, 'base/x');
  expect(runningDataDirectories(scratch)).toContain(directory);
  expect(runningDataDirectories(scratch)).not.toContain(name);
  expect(runningDataDirectories(join(name, 'x'))).not.toContain(name);
});

test('a directory of the same name in a container is another one', async () => {
  const [root, theirs] = [dataDirectory(), dataDirectory()];
  await startElsewhere(theirs, root, root);
  expect(await killProcessesOf(root)).toEqual([]);
  expect(pidsOf(root)).toEqual([]);
  expect(runningDataDirectories(theirs)).toContain(theirs);
});

test('of a run are the programs that were started for it, and nobody else whatever he names or works in', async () => {
  const directory = temporaryDirectory();
  const [root, sibling] = [join(directory, 'run'), join(directory, 'run-sibling')];
  mkdirSync(join(root, 'data'), { recursive: true });
  mkdirSync(sibling);
  const server = await start({ name: 'postgres', cwd: join(root, 'data'), run: root });
  const anything = await start({ name: 'anything', run: root });
  await start({ name: 'postgres', cwd: join(root, 'data'), arguments: ['-D', `${root}/data`] });
  await start({ name: '/usr/bin/pgbackrest', arguments: [`--pg1-path=${root}/data`, 'restore'] });
  await start({ name: 'sh', arguments: [`${root}/feed/wal-feed.sh`, `${root}/feed`] });
  await start({ name: 'postgres', run: sibling });
  expect(new Set(pidsOf(root))).toEqual(new Set([server.pid, anything.pid]));
  expect(pidsOf(directory)).toHaveLength(3);
});

test('what they started is theirs, even if it forgot whose it is', async () => {
  const root = temporaryDirectory();
  const child = spawn('/bin/sh', ['-c', 'env -i sh -c "echo up; read -r _"; true'], {
    env: { ...process.env, [RUN_VARIABLE]: root },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  expect(pidsOf(root)).toHaveLength(2);
  expect(pidsOf(root)).toContain(child.pid);
});

test('they are ended, and only they', async () => {
  const root = temporaryDirectory();
  const server = await start({ name: 'postgres', cwd: root, run: root });
  const worker = await start({ name: 'pgbackrest', run: root });
  const production = await start({ name: 'postgres', cwd: root, arguments: ['-D', root] });
  const ended = Promise.all([once(server, 'exit'), once(worker, 'exit')]);
  expect(await killProcessesOf(root)).toEqual([]);
  await ended;
  expect(pidsOf(root)).toEqual([]);
  expect(production.exitCode).toBeNull();
  expect(production.signalCode).toBeNull();
});

test('where nothing runs, nothing is ended', async () => {
  expect(await killProcessesOf(temporaryDirectory())).toEqual([]);
});
