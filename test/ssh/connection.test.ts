import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import {
  damagedWorkspace,
  drill,
  leftovers,
  startDrill,
  workspace,
  writePlan,
  type DrillRun,
  type Workspace,
} from '../fixtures/drill.ts';
import { freePort } from '../fixtures/repositories/azure.ts';
import { until } from '../fixtures/until.ts';
import { serverOf } from '../fixtures/ssh-server.ts';

const server = serverOf(inject('server'));
const keys = dirname(server.identityFile);

const drillWith = (place: Workspace, sandbox: Readonly<Record<string, unknown>>): Promise<DrillRun> =>
  drill(place, writePlan(place, 'drill', { name: place.name, sandbox }));

const outcome = ({ status, report }: DrillRun): { status: number | null; codes: string[] | undefined } => ({
  status,
  codes: report?.reasons.map(({ code }) => code),
});

const publicKey = (name: string): string =>
  readFileSync(join(keys, `${name}.pub`), 'utf8')
    .split(' ')
    .slice(0, 2)
    .join(' ');

/** A file of known host keys, which holds this one for the server. */
function knownHosts(place: Workspace, key: string | null): string {
  const file = join(place.root, 'known hosts');
  writeFileSync(file, key === null ? '' : `${server.address} ${key}\n`);
  return `UserKnownHostsFile="${file}"`;
}

describe('a server that does not let us in is inconclusive, and says why', () => {
  test('with a key that it does not know', async () => {
    const run = await drillWith(workspace(), { identityFile: join(keys, 'stranger') });
    expect(outcome(run)).toEqual({ status: 3, codes: ['login-refused'] });
    expect(run.report?.reasons[0]?.message).toContain('Permission denied');
  });

  test('with a private key that is not there', async () => {
    const run = await drillWith(workspace(), { identityFile: '/no/such/key' });
    expect(outcome(run)).toEqual({ status: 3, codes: ['login-refused'] });
  });

  test('whose key is another one than the plan says', async () => {
    const run = await drillWith(workspace(), { hostKey: publicKey('stranger') });
    expect(outcome(run)).toEqual({ status: 3, codes: ['host-key-refused'] });
  });

  test('whose key has changed since it was known, even where new keys are accepted', async () => {
    const place = workspace();
    const sandbox = {
      hostKey: undefined,
      hostKeys: 'accept-new',
      sshOptions: [knownHosts(place, publicKey('stranger'))],
    };
    const run = await drillWith(place, sandbox);
    expect(outcome(run)).toEqual({ status: 3, codes: ['host-key-refused'] });
    expect(run.report?.reasons[0]?.hint).toContain('another machine answers');
  });

  test('whose key is not known', async () => {
    const place = workspace();
    const run = await drillWith(place, { hostKey: undefined, sshOptions: [knownHosts(place, null)] });
    expect(outcome(run)).toEqual({ status: 3, codes: ['host-key-refused'] });
    expect(run.report?.reasons[0]?.hint).toContain('accept-new');
  });

  test('where nothing listens', async () => {
    const run = await drillWith(workspace(), { host: '127.0.0.1', port: await freePort() });
    expect(outcome(run)).toEqual({ status: 3, codes: ['server-unreachable'] });
    expect(run.report?.reasons[0]?.message).toContain('Connection refused');
  });

  test('whose name nobody knows', async () => {
    const run = await drillWith(workspace(), { host: 'no-such-host.invalid' });
    expect(outcome(run)).toEqual({ status: 3, codes: ['server-unreachable'] });
  });
});

describe('a server is reached', () => {
  test('with its key accepted once and remembered, the fingerprint in the report', async () => {
    const place = workspace();
    const known = knownHosts(place, null);
    const run = await drillWith(place, { hostKey: undefined, hostKeys: 'accept-new', sshOptions: [known] });
    expect(run).toMatchObject({ status: 0, report: { verdict: 'passed' } });
    const printed = execFileSync('ssh-keygen', ['-lf', join(keys, 'host.pub')], { encoding: 'utf8' });
    expect(run.report?.sandbox.server?.hostKey).toBe(`ssh-ed25519 ${/SHA256:\S+/.exec(printed)?.[0] ?? ''}`);
    expect(readFileSync(join(place.root, 'known hosts'), 'utf8')).toContain(publicKey('host'));
    expect(leftovers(place)).toEqual([]);
  });

  test('by a name of ssh_config and over a jump host, with keys in places of awkward names', async () => {
    const place = workspace();
    const awkward = join(place.root, 'a key; $HOME 100% `id` it’s');
    mkdirSync(awkward);
    copyFileSync(server.identityFile, join(awkward, 'id'));
    const config = join(place.root, 'ssh_config');
    const jump = [`Host jump`, `HostName ${server.address}`, 'User root', `IdentityFile ${server.identityFile}`];
    const target = ['Host the-target', 'HostName 127.0.0.1', 'ProxyJump jump', 'User root'];
    const all = ['Host *', 'StrictHostKeyChecking yes', knownHosts(place, server.hostKey).replace('=', ' ')];
    writeFileSync(config, [...jump, ...target, ...all, ''].join('\n'));
    const run = await drillWith(place, {
      host: 'the-target',
      user: undefined,
      sshConfig: config,
      identityFile: join(awkward, 'id'),
    });
    expect(run.report?.reasons).toEqual([]);
    expect(run).toMatchObject({ status: 0, report: { sandbox: { server: { host: 'the-target', user: null } } } });
    expect(leftovers(place)).toEqual([]);
  });

  test('with a key that an agent holds', async () => {
    const place = workspace();
    const socket = join(place.root, 'agent.sock');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    onTestFinished(() => void agent.kill());
    await until(socket, () => existsSync(socket));
    const env = { SSH_AUTH_SOCK: socket };
    execFileSync('ssh-add', ['-q', server.identityFile], { env: { ...process.env, ...env }, stdio: 'ignore' });
    const plan = writePlan(place, 'drill', { name: place.name, sandbox: { identityFile: undefined } });
    expect(await startDrill(place, [plan], env).finished).toMatchObject({ status: 0, report: { verdict: 'passed' } });
  });

  test('whose scratch directory has an awkward name', async () => {
    const place = workspace();
    const scratch = `/srv/it's; "a" $HOME \`id\` place of ${place.name}`;
    const run = await drillWith(place, { scratch });
    expect(run.report?.reasons).toEqual([]);
    expect(run).toMatchObject({ status: 0, report: { verdict: 'passed' } });
    const left = server.sh(`ls -A /srv/*${place.name}`).split('\n').filter(Boolean);
    expect(left.toSorted()).toEqual(['.pgdrill-scratch', 'locks']);
  });
});

describe('who logs in', () => {
  beforeAll(() => {
    server.sh(`usermod --shell /bin/bash op; printf 'echo noise; printf "more noise"\\n' >/home/op/.bashrc`);
  });

  test('becomes root by sudo, and noise of login scripts does no harm', async () => {
    const place = workspace();
    const run = await drillWith(place, { user: 'op' });
    expect(run.report?.reasons).toEqual([]);
    expect(run).toMatchObject({ status: 0, report: { sandbox: { server: { user: 'op' } } } });
    expect(server.sh('ls -A /home/op/.local 2>/dev/null; true')).toBe('');
    expect(leftovers(place)).toEqual([]);
  });

  test('may have any shell', async () => {
    server.sh('usermod --shell /bin/tcsh op');
    onTestFinished(() => void server.sh('usermod --shell /bin/bash op'));
    expect(await drillWith(workspace(), { user: 'op' })).toMatchObject({ status: 0, report: { verdict: 'passed' } });
  });

  test('drills as itself where it may not become root', async () => {
    const place = damagedWorkspace();
    execFileSync('chmod', ['-R', 'a+rX', place.repo]);
    const run = await drillWith(place, { user: 'op', sudo: 'never' });
    expect(run.report?.reasons).toEqual([]);
    expect(run).toMatchObject({ status: 0, report: { sandbox: { host: { user: 'op' } } } });
    expect(server.sh('ls -A /home/op/.local/state/pgdrill').split('\n').filter(Boolean).toSorted()).toEqual([
      '.pgdrill-scratch',
      'locks',
    ]);
    server.sh('rm -r /home/op/.local');
  });
});

test('a scratch directory that lies in production is refused, and nothing is touched', async () => {
  const place = workspace();
  const data = /^pg1-path=(.*)$/m.exec(readFileSync(place.config, 'utf8'))?.[1] ?? '';
  const run = await drillWith(place, { scratch: `${data}/drills` });
  expect(run).toMatchObject({ status: 2, report: null });
  expect(run.stderr).toContain('lies in a data directory of production');
});
