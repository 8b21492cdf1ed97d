import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { ExecHost } from '../../src/host/exec-host.ts';
import { sshSandbox } from '../../src/sandbox/ssh/schema.ts';
import type { SandboxSpec, ServerFacts } from '../../src/sandbox/sandbox.ts';
import { sweepServer, type Supervisor } from '../../src/sandbox/ssh/supervisor/supervisor.ts';
import { settleOn } from '../../src/sandbox/ssh/station.ts';
import { openGate } from '../fixtures/repositories/gate.ts';
import { supervisorAsks, startSupervisor, startServer, targetOn, type TestServer } from '../fixtures/ssh-server.ts';
import { LONG_MS, until } from '../fixtures/until.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.remove());

const hostOf = (supervisor: Supervisor): ExecHost =>
  new ExecHost({ start: (request) => supervisor.exec(request), where: 'there', notes: supervisor.memory, env: {} });
const finish = (supervisor: Supervisor): Promise<void> => supervisor.finish(AbortSignal.timeout(LONG_MS));
/** Puts a program of the server's before another one of that name. */
function wrap(program: string, script: string): void {
  server.sh(`printf '%s' '#!/bin/sh\n${script}\n' >${program}; chmod +x ${program}`);
  onTestFinished(() => void server.sh(`/bin/rm -f ${program}`));
}

/** A drill of a repository on disk, of which nothing is asked here. */
const SPEC: SandboxSpec = {
  runId: 'R1',
  drill: 'orders',
  repositoryPaths: [],
  readPaths: [],
  reaches: [],
  credentials: {},
  credentialPaths: [],
  productionPaths: [],
  productionServers: [],
  configFiles: [],
  keepInstance: false,
  endsBefore: new Date(Date.now() + 3_600_000),
};

const settle = (supervisor: Supervisor): ReturnType<typeof settleOn> =>
  settleOn({
    supervisor,
    plan: sshSandbox.parse(server.sandbox),
    spec: SPEC,
    server: () => ({}) as ServerFacts,
  });
const asUser = (script: string): string => server.sh(`runuser -u postgres -- sh -c '${script}' 2>&1 || echo refused`);

describe('the drill of a user and the supervisor that is root', () => {
  test('the user cannot have root give away what is not its own', async () => {
    server.sh('mkdir -p /srv/victim; chmod 755 /srv/victim');
    const supervisor = await startSupervisor(server, 'privileges');
    const { paths } = await settle(supervisor);
    expect(asUser(`touch ${paths.sockets}/mine`)).toBe('');
    // What a process of that user may do between two looks at the server, or within one.
    expect(asUser(`rm -rf ${paths.sockets}; ln -s /srv/victim ${paths.sockets}`)).toContain('Permission denied');
    await settle(supervisor);
    expect(server.sh('stat -c "%U %a" /srv/victim')).toBe('root 755\n');
    await finish(supervisor);
  });

  test('nor can it where the supervisor is not root either, since it does not know the key', async () => {
    const supervisor = await startSupervisor(server, 'key', { user: 'op' }, { sudo: false });
    const socket = `IO::Socket::UNIX->new(Peer => "${supervisor.memory}/sock")`;
    const speak = `$s = ${socket} or die; syswrite $s, "ab 0 ${'0'.repeat(32)}\n"; print sysread($s, $x, 9) ? "let in" : "refused"`;
    expect(server.sh(`runuser -u op -- perl -MIO::Socket::UNIX -e '${speak}'`)).toBe('refused');
    expect(await hostOf(supervisor).run(['true'])).toMatchObject({ exitCode: 0 });
    await finish(supervisor);
  });

  test('the user cannot speak to the supervisor', async () => {
    const supervisor = await startSupervisor(server, 'socket');
    const connect = `perl -MIO::Socket::UNIX -e "IO::Socket::UNIX->new(Peer => q(${supervisor.memory}/sock)) or die qq(no: \\$!)"`;
    expect(asUser(connect)).toContain('Permission denied');
    await finish(supervisor);
  });
});

test('what cannot be removed is still known when it is swept', async () => {
  const supervisor = await startSupervisor(server, 'stuck');
  const stuck = `${supervisor.root}/data/stuck`;
  server.sh(`mkdir -p ${stuck}; mount -t tmpfs none ${stuck}`);
  const sweep = (): Promise<void> =>
    sweepServer(targetOn(server), supervisorAsks('stuck'), AbortSignal.timeout(LONG_MS));
  await expect(finish(supervisor)).rejects.toThrow('could not be removed');
  await expect(sweep()).rejects.toThrow('could not be removed');
  server.sh(`umount ${stuck}`);
  await sweep();
  expect(server.sh(`ls -d ${supervisor.root} ${supervisor.memory} 2>&1; true`)).not.toMatch(/^\/var|^\/run/m);
});

test('cleaning up may take longer than a silent connection is believed in', async () => {
  const supervisor = await startSupervisor(server, 'slow-rm');
  wrap('/usr/local/sbin/rm', '[ -e /srv/slept ] || { touch /srv/slept; sleep 20; }; exec /bin/rm "$@"');
  await finish(supervisor);
  expect(supervisor.outages.count).toBe(0);
});

test('a connection that is cut while all is cleaned up does not make it look undone', async () => {
  const gate = await openGate('127.0.0.1', { host: server.address, port: 22 });
  onTestFinished(() => gate.end());
  const supervisor = await startSupervisor(server, 'cut-rm', { host: '127.0.0.1', port: gate.port });
  wrap(
    '/usr/local/sbin/rm',
    '[ -e /srv/once ] || { touch /srv/once /srv/removing; while [ -e /srv/removing ]; do sleep 0.1; done; }; exec /bin/rm "$@"',
  );
  const finished = finish(supervisor);
  await until('it is removing', () => server.sh('ls /srv').includes('removing'), 50);
  gate.close();
  server.sh('/bin/rm /srv/removing');
  await until('it is removed', () => server.sh(`ls -d ${supervisor.root} 2>/dev/null; true`) === '', 50);
  gate.open();
  await expect(finished).resolves.toBeUndefined();
});

test('a short grace ends no run whose connection is up, however quiet it is', async () => {
  const supervisor = await startSupervisor(server, 'quiet', {}, { graceMs: 5000 });
  expect(await hostOf(supervisor).run(['sleep', '12'])).toMatchObject({ exitCode: 0 });
  await finish(supervisor);
});

test('a program that is to end at once is not taken for an earlier one', async () => {
  const supervisor = await startSupervisor(server, 'notes');
  for (let round = 0; round < 20; round += 1) await hostOf(supervisor).run(['true']);
  const given = { signal: AbortSignal.abort(), deadlineMs: 60_000 };
  const ended = await Promise.all(Array.from({ length: 20 }, () => hostOf(supervisor).run(['sleep', '30'], given)));
  expect(ended.map(({ signal }) => signal)).toEqual(ended.map(() => 'SIGTERM'));
  await finish(supervisor);
});

test('a clock that is set on the server ends no run', async () => {
  wrap('/usr/local/bin/perl', 'exec /usr/bin/perl -I/srv -MJump "$@"');
  const jump = 'BEGIN { *CORE::GLOBAL::time = sub () { CORE::time() + (-e q(/srv/jumped) ? 86400 : 0) } } 1;';
  server.sh(`echo '${jump}' >/srv/Jump.pm`);
  onTestFinished(() => void server.sh('/bin/rm -f /srv/jumped'));
  const supervisor = await startSupervisor(server, 'clock');
  server.sh('touch /srv/jumped');
  expect(await hostOf(supervisor).run(['sleep', '3'])).toMatchObject({ exitCode: 0 });
  await finish(supervisor);
});

test('who connects to the supervisor and says nothing holds nobody up', async () => {
  const supervisor = await startSupervisor(server, 'mute');
  const connect = `$s = IO::Socket::UNIX->new(Peer => "${supervisor.memory}/sock") or die; print "in\\n"; sleep 3600`;
  server.sh(
    `perl -MIO::Socket::UNIX -e '$| = 1; ${connect}' >/srv/mute 2>/dev/null & until [ -s /srv/mute ]; do sleep 0.1; done`,
  );
  expect(await hostOf(supervisor).run(['true'])).toMatchObject({ exitCode: 0 });
  expect(server.sh('cat /proc/[0-9]*/cmdline')).toContain('sleep 3600');
  await finish(supervisor);
});

const startIn = (scratch: string): Promise<Supervisor> =>
  startSupervisor(server, 'full', {}, { scratch, directory: 'full' });

describe('a disk that is full to the last byte', () => {
  const noSpace = {
    code: 'scratch-not-writable',
    message: expect.stringContaining('No space left on device') as string,
  };

  test.each([
    { when: 'before the first run', claim: async () => undefined },
    { when: 'at a later one', claim: async (scratch: string) => finish(await startIn(scratch)) },
  ])('$when is told as such, and nothing half done is left', async ({ claim }) => {
    server.sh('mkdir -p /srv/full && mount -t tmpfs -o size=64k none /srv/full');
    onTestFinished(() => void server.sh('umount /srv/full'));
    const scratch = '/srv/full/scratch';
    await claim(scratch);
    server.sh(`mkdir -p ${scratch} && cat /dev/zero >/srv/full/fill 2>/dev/null; true`);
    const before = server.sh(`find ${scratch} /run/pgdrill`);
    await expect(startIn(scratch)).rejects.toMatchObject(noSpace);
    expect(server.sh(`find ${scratch} /run/pgdrill`)).toBe(before);
  });
});

test('kept data that a new run works on is not swept for an older one', async () => {
  const asks = { directory: 'kept-busy', keeps: 'data' } as const;
  const supervisor = await startSupervisor(server, 'busy', {}, asks);
  server.sh(`kill -9 $(cat ${supervisor.root}/alive)`);
  supervisor.close();
  const sweep = (): Promise<void> =>
    sweepServer(targetOn(server), supervisorAsks('busy', asks), AbortSignal.timeout(LONG_MS));
  const holder = 'exec 9>/var/lib/pgdrill/locks/busy.lock; flock 9; echo $$ >/srv/holder; exec sleep 3600';
  server.sh(`sh -c '${holder}' >/dev/null 2>&1 & until [ -s /srv/holder ]; do sleep 0.1; done`);
  await expect(sweep()).rejects.toMatchObject({ code: 'busy' });
  expect(server.sh(`ls ${supervisor.root}`)).toContain('alive');
  server.sh('kill $(cat /srv/holder)');
  await sweep();
  expect(server.sh(`ls -A ${supervisor.root}`)).toBe('pgdrill-run.json\n');
});

test('a program that names the directory of the run, or works in one of that name in a container, is not ended', async () => {
  const supervisor = await startSupervisor(server, 'names');
  const elsewhere = `mkdir -p /srv/theirs; mount --bind /srv/theirs ${supervisor.root}; cd ${supervisor.root}; touch up; exec sleep 3601`;
  server.sh(`unshare --mount sh -c '${elsewhere}' >/dev/null 2>&1 & until [ -e /srv/theirs/up ]; do sleep 0.1; done`);
  const naming = `perl -e 'open my $f, ">", "/srv/named"; sleep 3603' ${supervisor.root}/data`;
  server.sh(`${naming} >/dev/null 2>&1 & until [ -e /srv/named ]; do sleep 0.1; done`);
  await finish(supervisor);
  expect(server.sh('cat /proc/[0-9]*/cmdline')).toContain('sleep\x003601');
  expect(server.sh('cat /proc/[0-9]*/cmdline')).toContain('sleep 3603');
});

test('a scratch directory in the data of a server in a container is refused, and nothing is made there', async () => {
  const work = 'mount --bind /srv/data-of-theirs /mnt; cd /mnt; touch PG_VERSION; exec /srv/postgres 3602';
  server.sh(`mkdir -p /srv/data-of-theirs; cp /bin/sleep /srv/postgres
    unshare --mount sh -c '${work}' >/dev/null 2>&1 & until [ "$(cat /proc/$!/comm)" = postgres ]; do sleep 0.1; done`);
  await expect(startIn('/srv/data-of-theirs/scratch')).rejects.toMatchObject({
    code: 'scratch-refused',
    message: expect.stringContaining('lies in the data directory of a running server (/srv/data-of-theirs)') as string,
  });
  expect(server.sh('ls /srv/data-of-theirs')).toBe('PG_VERSION\n');
});
