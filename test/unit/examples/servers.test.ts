import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadPlans } from '../../../src/plan/load.ts';
import { madeServerSchema, type MadeServer } from '../../../src/sandbox/ssh/marker.ts';
import { Cloud, ended } from '../../fixtures/clouds.ts';

const ROOT = join(import.meta.dirname, '../../..');
const NAME = 'pgdrill-20260513t143200z-ab12cd';
const PROVIDERS = ['hetzner', 'digitalocean', 'openstack'] as const;

type Provider = (typeof PROVIDERS)[number];

const LABELS = { hetzner: `pgdrill=${NAME}`, digitalocean: 'pgdrill', openstack: `pgdrill=${NAME}` };
const USERS = { hetzner: 'root', digitalocean: 'root', openstack: 'debian' };

/** A command as the provider's plan has it. */
function argvOf(provider: Provider, verb: 'create' | 'destroy', name = NAME): string[] {
  const file = join(ROOT, 'examples', `${provider}.yaml`);
  const sandbox = loadPlans({ file, overrides: [], now: new Date('2026-06-01T00:00:00Z') })[0]?.sandbox;
  if (sandbox?.kind !== 'ssh') throw new Error(`${file} makes no server`);
  const words = sandbox.provision?.[verb] ?? [];
  // The plans name the scripts from where drill is started.
  return words.map((word) => word.replace('{name}', name).replace(/^examples\//, `${ROOT}/examples/`));
}

function made(stdout: string): MadeServer {
  return madeServerSchema.parse(JSON.parse(stdout));
}

const userDataSchema = z.strictObject({
  ssh_deletekeys: z.literal(true),
  ssh_keys: z.strictObject({ ed25519_private: z.string(), ed25519_public: z.string() }),
});

/** The keys that cloud-init gives to the server. */
function hostKeysOf(userData: string): { secret: string; open: string } {
  expect(userData).toMatch(/^#cloud-config\n/);
  const { ed25519_private: secret, ed25519_public: open } = userDataSchema.parse(parse(userData)).ssh_keys;
  return { secret, open };
}

/** The public half of a private key, as OpenSSH reads it. */
function publicHalf(secret: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'host-key-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, 'key'), secret, { mode: 0o600 });
  return spawnSync('ssh-keygen', ['-y', '-f', join(directory, 'key')], { encoding: 'utf8' }).stdout.trim();
}

describe.each(PROVIDERS)('%s.sh', (provider) => {
  test('makes a server, says how it is reached, and removes it', async () => {
    const cloud = new Cloud();
    const create = await cloud.run(argvOf(provider, 'create'));
    expect(create).toMatchObject({ exitCode: 0 });
    const server = made(create.stdout);
    expect(server).toMatchObject({ host: '192.0.2.101', user: USERS[provider], id: '101' });
    expect(cloud.servers()).toMatchObject([{ name: NAME, label: LABELS[provider] }]);

    expect(await cloud.run(argvOf(provider, 'destroy'), { PGDRILL_ID: '101' })).toMatchObject({ exitCode: 0 });
    expect(cloud.servers()).toEqual([]);
    expect(await cloud.run(argvOf(provider, 'destroy'), { PGDRILL_ID: '101' })).toMatchObject({ exitCode: 0 });
    expect(cloud.calls()).not.toContain('sleep');
  });

  test('gives the server a host key that is known before the first connection, and keeps no copy', async () => {
    const cloud = new Cloud();
    const { stdout, stderr } = await cloud.run(argvOf(provider, 'create'));
    const { secret, open } = hostKeysOf(cloud.servers()[0]?.userData ?? '');
    expect(open).toMatch(/^ssh-ed25519 [A-Za-z0-9+/]+=*$/);
    expect(made(stdout).hostKey).toBe(open);
    expect(publicHalf(secret)).toBe(open);
    expect(cloud.leftovers()).toEqual([]);
    for (const line of secret.trim().split('\n')) expect(stdout + stderr + cloud.calls()).not.toContain(line);
  });

  test('makes another host key for each server', async () => {
    const cloud = new Cloud();
    const one = await cloud.run(argvOf(provider, 'create', `${NAME}-1`));
    const two = await cloud.run(argvOf(provider, 'create', `${NAME}-2`));
    expect(made(one.stdout).hostKey).not.toBe(made(two.stdout).hostKey);
    expect([made(one.stdout).id, made(two.stdout).id]).toEqual(['101', '102']);
  });

  test('removes a server whose creation failed half-way', async () => {
    const cloud = new Cloud().is('half-made');
    const create = await cloud.run(argvOf(provider, 'create'));
    expect(create).toMatchObject({ exitCode: 1, stdout: '' });
    expect(create.stderr).toContain('the server did not come up');
    expect(cloud.servers()).toHaveLength(1);
    expect(cloud.leftovers()).toEqual([]);
    expect(await cloud.run(argvOf(provider, 'destroy'))).toMatchObject({ exitCode: 0 });
    expect(cloud.servers()).toEqual([]);
  });

  test('removes a server that appears after its creation was broken off', async () => {
    const cloud = new Cloud().is('late');
    expect((await cloud.run(argvOf(provider, 'create'))).exitCode).toBe(1);
    expect(cloud.servers()).toEqual([]);
    expect(await cloud.run(argvOf(provider, 'destroy'))).toMatchObject({ exitCode: 0 });
    expect(cloud.calls()).toContain('sleep 10');
    expect(cloud.servers()).toEqual([]);
  });

  test('leaves no key behind when it is ended while the server is being made', async () => {
    const cloud = new Cloud().is('slow');
    const child = cloud.start(argvOf(provider, 'create'));
    const end = ended(child);
    await vi.waitUntil(() => cloud.servers().length === 1, { timeout: 10_000, interval: 10 });
    expect(cloud.leftovers()).toHaveLength(1);
    process.kill(-(child.pid ?? NaN), 'SIGTERM');
    expect(await end).toMatchObject({ exitCode: 143, stdout: '' });
    expect(cloud.leftovers()).toEqual([]);
    expect(await cloud.run(argvOf(provider, 'destroy'))).toMatchObject({ exitCode: 0 });
    expect(cloud.servers()).toEqual([]);
  });

  test('fails when the provider cannot be asked', async () => {
    const cloud = new Cloud();
    await cloud.run(argvOf(provider, 'create'));
    cloud.is('unreachable');
    const destroy = await cloud.run(argvOf(provider, 'destroy'), { PGDRILL_ID: '101' });
    expect(destroy).toMatchObject({ exitCode: 1 });
    expect(destroy.stderr).toMatch(/no answer\n.*cannot be asked for/);
    expect(await cloud.run(argvOf(provider, 'create', `${NAME}-2`))).toMatchObject({ exitCode: 1, stdout: '' });
    expect(cloud.isNoLonger('unreachable').servers()).toHaveLength(1);
    expect((await cloud.run(argvOf(provider, 'destroy'))).exitCode).toBe(0);
    expect(cloud.servers()).toEqual([]);
  });

  test('fails when the server cannot be removed', async () => {
    const cloud = new Cloud();
    await cloud.run(argvOf(provider, 'create'));
    const destroy = await cloud.is('stuck').run(argvOf(provider, 'destroy'), { PGDRILL_ID: '101' });
    expect(destroy.exitCode).toBe(1);
    expect(destroy.stderr).toMatch(/still.*101/);
  });

  test('is content when somebody else was faster', async () => {
    const cloud = new Cloud();
    await cloud.run(argvOf(provider, 'create'));
    const destroy = await cloud.is('overtaken').run(argvOf(provider, 'destroy'), { PGDRILL_ID: '101' });
    expect(destroy).toMatchObject({ exitCode: 0 });
    expect(cloud.servers()).toEqual([]);
  });

  test('fails when the server has no address that it could name', async () => {
    const cloud = new Cloud().is('without-address');
    const create = await cloud.run(argvOf(provider, 'create'));
    expect(create).toMatchObject({ exitCode: 1, stdout: '' });
    expect(create.stderr).toContain('IPv4 address');
  });

  test('touches no other server', async () => {
    const cloud = new Cloud();
    for (const name of [`${NAME}-2`, `x${NAME}`, 'database', 'pgdrill']) cloud.has(name, `pgdrill=${name}`);
    expect(made((await cloud.run(argvOf(provider, 'create'))).stdout).id).toBe('105');
    expect((await cloud.run(argvOf(provider, 'destroy'))).exitCode).toBe(0);
    expect(cloud.servers()).toHaveLength(4);
  });

  test.each(['', 'database', 'pgdrill-', 'pgdrill-.*', 'pgdrill-a b', 'pgdrill-a,b', 'pgdrill-$(id)'])(
    'refuses the name %j',
    async (name) => {
      const cloud = new Cloud().has(name, `pgdrill=${name}`);
      for (const verb of ['create', 'destroy'] as const) {
        expect((await cloud.run(argvOf(provider, verb, name))).exitCode).not.toBe(0);
      }
      expect(cloud.servers()).toHaveLength(1);
    },
  );

  test('takes its settings from the environment', async () => {
    const cloud = new Cloud();
    const settings = {
      PGDRILL_SERVER_TYPE: 'a-type',
      PGDRILL_SERVER_IMAGE: 'an-image',
      PGDRILL_SERVER_REGION: 'a-region',
    };
    expect((await cloud.run(argvOf(provider, 'create'), settings)).exitCode).toBe(0);
    const words = provider === 'openstack' ? ['a-type', 'an-image'] : Object.values(settings);
    for (const word of words) expect(cloud.calls()).toContain(` ${word} `);
  });

  test('says when the provider has no such SSH key', async () => {
    const cloud = new Cloud();
    const create = await cloud.run(argvOf(provider, 'create'), { PGDRILL_SERVER_SSH_KEY: 'nobody' });
    expect(create).toMatchObject({ exitCode: 1, stdout: '' });
    expect(create.stderr).toMatch(/nobody|key_name/);
    expect(cloud.servers()).toEqual([]);
  });
});

test.each([
  ['pgdrill', '7002'],
  ['the key of us all', '7003'],
  ['aa:bb:01', '7001'],
  ['7001', '7001'],
])('digitalocean.sh finds the SSH key %j', async (key, id) => {
  const cloud = new Cloud();
  expect((await cloud.run(argvOf('digitalocean', 'create'), { PGDRILL_SERVER_SSH_KEY: key })).exitCode).toBe(0);
  expect(cloud.calls()).toContain(` --ssh-keys ${id} `);
});

describe('openstack.sh', () => {
  const floating = { PGDRILL_SERVER_FLOATING_NETWORK: 'public' };

  test('reads addresses as older clients print them', async () => {
    const cloud = new Cloud().is('of-old');
    expect(made((await cloud.run(argvOf('openstack', 'create'))).stdout).host).toBe('192.0.2.101');
  });

  test('does not believe older clients, which end with 0 when they fail', async () => {
    const cloud = new Cloud().is('of-old').is('half-made');
    const create = await cloud.run(argvOf('openstack', 'create'));
    expect(create).toMatchObject({ exitCode: 1, stdout: '' });
    expect(create.stderr).toContain('did not come up');
    const destroy = await cloud.is('stuck').run(argvOf('openstack', 'destroy'));
    expect(destroy.exitCode).toBe(1);
    expect(destroy.stderr).toMatch(/still.*101/);
  });

  test('names the network and the security group only where they are set', async () => {
    const cloud = new Cloud();
    await cloud.run(argvOf('openstack', 'create'));
    expect(cloud.calls()).not.toMatch(/--network|--security-group/);
    const env = { PGDRILL_SERVER_NETWORK: 'my net', PGDRILL_SERVER_SECURITY_GROUP: 'ssh' };
    expect((await cloud.run(argvOf('openstack', 'create', `${NAME}-2`), env)).exitCode).toBe(0);
    expect(cloud.calls()).toContain(' --network my net --security-group ssh ');
  });

  test('gives the server a floating IP where it needs one, and removes both', async () => {
    const cloud = new Cloud();
    const create = await cloud.run(argvOf('openstack', 'create'), floating);
    expect(made(create.stdout)).toMatchObject({ host: '203.0.113.9', id: '101' });
    expect(cloud.floatingIps()).toHaveLength(1);
    // Without the setting: drill sweep may run where it is not set.
    expect(await cloud.run(argvOf('openstack', 'destroy'), { PGDRILL_ID: '101' })).toMatchObject({ exitCode: 0 });
    expect([cloud.servers(), cloud.floatingIps()]).toEqual([[], []]);
  });

  test.each(['without-compute', 'without-network'] as const)('fails when the cloud is %s', async (mood) => {
    const cloud = new Cloud();
    await cloud.run(argvOf('openstack', 'create'), floating);
    const destroy = await cloud.is(mood).run(argvOf('openstack', 'destroy'), { PGDRILL_ID: '101' });
    expect(destroy.exitCode).toBe(1);
    expect(destroy.stderr).toContain('cannot be asked for');
    expect(cloud.isNoLonger(mood).servers()).toHaveLength(1);
    expect((await cloud.run(argvOf('openstack', 'destroy'), { PGDRILL_ID: '101' })).exitCode).toBe(0);
    expect([cloud.servers(), cloud.floatingIps()]).toEqual([[], []]);
  });

  test('removes a floating IP that its server never got, and no other', async () => {
    const cloud = new Cloud().is('half-addressed');
    expect(await cloud.run(argvOf('openstack', 'create'), floating)).toMatchObject({ exitCode: 1, stdout: '' });
    expect(cloud.floatingIps()).toHaveLength(1);
    expect((await cloud.run(argvOf('openstack', 'destroy', 'pgdrill-another'))).exitCode).toBe(0);
    expect(cloud.floatingIps()).toHaveLength(1);
    expect((await cloud.run(argvOf('openstack', 'destroy'))).exitCode).toBe(0);
    expect([cloud.servers(), cloud.floatingIps()]).toEqual([[], []]);
  });
});
