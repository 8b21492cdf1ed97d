import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { OUTSIDE_SCRIPT, outsideIn } from '../../../src/host/outside.ts';
import { temporaryDirectory } from '../../fixtures/plans.ts';
import { LocalHost } from '../../../src/host/local-host.ts';
import { currentUser } from '../../../src/host/run-user.ts';

test('what a machine says of itself', () => {
  const seen = outsideIn(`namespace=pid pid:[4026531836]
namespace=net 
socket=/run/dbus/a socket
socket=/run/dbus/a socket
socket=@abstract
process=812 167431
path=/var/lib/postgresql/15/main/global/pg_control
server=5433 /var/run/my postgresql
`);
  expect(seen).toEqual({
    namespaces: new Map([['pid', 'pid:[4026531836]']]),
    sockets: ['/run/dbus/a socket', '@abstract'],
    servers: [{ host: '/var/run/my postgresql', port: 5433 }],
    processes: [{ pid: 812, startTicks: '167431' }],
    paths: ['/var/lib/postgresql/15/main/global/pg_control'],
  });
});

test('this machine has namespaces, and says so', async () => {
  const host = new LocalHost({ user: currentUser(), fence: null, env: {} });
  const { exitCode, stdout, stderr } = await host.run(['sh', '-c', OUTSIDE_SCRIPT]);
  expect([exitCode, stderr]).toEqual([0, '']);
  expect([...outsideIn(stdout).namespaces.keys()]).toEqual(['ipc', 'mnt', 'net', 'pid', 'uts']);
});

test('a pipe in the place of a postmaster.pid holds nobody up', async () => {
  const directory = temporaryDirectory();
  const program = join(directory, 'postgres');
  copyFileSync('/bin/sleep', program);
  spawnSync('mkfifo', [join(directory, 'postmaster.pid')]);
  const impostor = spawn(program, ['60'], { cwd: directory, stdio: 'ignore' });
  onTestFinished(() => void impostor.kill('SIGKILL'));
  await once(impostor, 'spawn');
  const { status, stdout } = spawnSync('sh', ['-c', OUTSIDE_SCRIPT], { encoding: 'utf8', timeout: 25_000 });
  expect(status).toBe(0);
  expect(outsideIn(stdout).processes.map(({ pid }) => pid)).not.toContain(impostor.pid);
});

test('the paths of a server in a container mean nothing here, nor in the copy', async () => {
  const [directory, name] = [temporaryDirectory(), temporaryDirectory()];
  const program = join(directory, 'postgres');
  copyFileSync('/bin/sleep', program);
  const words = ['--dev-bind', '/', '/', '--bind', directory, name, '--chdir', name, '--die-with-parent'];
  const server = spawn('bwrap', [...words, join(name, 'postgres'), '60'], { stdio: 'ignore' });
  onTestFinished(() => void server.kill('SIGKILL'));
  const pid = await untilRunning(name);
  writeFileSync(join(directory, 'postmaster.pid'), `${pid}\n${name}\n1\n5432\n${name}\n*\n`);
  const { processes, paths, servers } = outsideIn(spawnSync('sh', ['-c', OUTSIDE_SCRIPT], { encoding: 'utf8' }).stdout);
  expect(processes.map((process) => process.pid)).toContain(pid);
  expect(paths).not.toContain(`${name}/global/pg_control`);
  expect(servers).not.toContainEqual({ host: name, port: 5432 });
});

/** The number of the program that runs as `DIRECTORY/postgres`. */
async function untilRunning(directory: string): Promise<number> {
  for (;;) {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    const found = pids.find((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith(`${directory}/postgres\0`);
      } catch {
        return false;
      }
    });
    if (found !== undefined) return Number(found);
    await delay(20);
  }
}
