import { describe, expect, test } from 'vitest';
import { dockerSandbox } from '../../../../src/sandbox/docker/schema.ts';
import { recipeFor } from '../../../../src/sandbox/docker/build-image.ts';
import { chooseUser, mountsOf, networkOf } from '../../../../src/sandbox/docker/choices.ts';
import { labelsFor, readLabels } from '../../../../src/sandbox/docker/marker.ts';
import { firewallRules, hostsOf } from '../../../../src/sandbox/docker/network.ts';
import { temporaryDirectory } from '../../../fixtures/plans.ts';

const plan = (given: object = {}): ReturnType<typeof dockerSandbox.parse> =>
  dockerSandbox.parse({ kind: 'docker', ...given });
const image = { name: 'pgdrill:17', id: 'sha256:1', major: 17, user: '10001:10001' };

describe('the network of a container', () => {
  const remote = [{ host: 's3.example', port: 443 }];

  test.each([
    [undefined, [], { kind: 'none', asked: 'none' }],
    [undefined, remote, { kind: 'repository', asked: 'repo-only' }],
    ['none', remote, { kind: 'none', asked: 'none' }],
    ['repo-only', [], { kind: 'repository', asked: 'repo-only' }],
    ['backend', [], { kind: 'open', asked: 'backend' }],
  ])('asked for %s, with services %j', (network, reaches, expected) => {
    expect(networkOf(plan(network === undefined ? {} : { network }), { reaches })).toEqual(expected);
  });

  test('lets out nothing but the repository, and asks no name server', () => {
    const rules = firewallRules([
      { host: 's3.example', port: 443, addresses: ['192.0.2.1', '192.0.2.2'] },
      { host: '2001:db8::7', port: 22, addresses: ['2001:db8::7'] },
    ]).split('\n');
    const out = rules.filter((rule) => rule.startsWith('add rule inet pgdrill out'));
    expect(out).toEqual([
      'add rule inet pgdrill out ip daddr 127.0.0.11 reject',
      'add rule inet pgdrill out oif lo accept',
      'add rule inet pgdrill out ct state established,related accept',
      'add rule inet pgdrill out ip daddr 192.0.2.1 tcp dport 443 accept',
      'add rule inet pgdrill out ip daddr 192.0.2.2 tcp dport 443 accept',
      'add rule inet pgdrill out ip6 daddr 2001:db8::7 tcp dport 22 accept',
      'add rule inet pgdrill out reject',
    ]);
    expect(rules.filter((rule) => rule.includes('policy drop'))).toHaveLength(3);
  });

  test('knows names, and needs none for addresses', () => {
    const services = [
      { host: 's3.example', port: 443, addresses: ['192.0.2.1'] },
      { host: '192.0.2.9', port: 22, addresses: ['192.0.2.9'] },
    ];
    expect(hostsOf(services)).toEqual([{ host: 's3.example', ipAddress: '192.0.2.1' }]);
  });
});

describe('the user of a container', () => {
  const nothing = { readPaths: [] };

  test('is the one of the plan, or of the image, and never root', () => {
    expect(chooseUser(plan({ user: '5:6' }), nothing, image, true).id).toBe('5:6');
    expect(chooseUser(plan(), nothing, { ...image, user: '999:999' }, true).id).toBe('999:999');
    for (const user of ['', '0:0', 'postgres'])
      expect(chooseUser(plan(), nothing, { ...image, user }, true).id).toBe('10001:10001');
  });

  test('is the owner of a repository on this machine; one of root’s is read by its group', () => {
    const path = temporaryDirectory();
    const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
    const expected = uid === 0 ? { id: image.user, groups: [String(gid)] } : { id: `${uid}:${gid}`, groups: [] };
    expect(chooseUser(plan(), { readPaths: ['/no/such/path', path] }, image, true)).toEqual(expected);
    expect(chooseUser(plan(), { readPaths: [path] }, image, false)).toEqual({ id: image.user, groups: [] });
  });
});

const bind = (path: string): object => ({ type: 'bind', source: path, target: path, readOnly: true });

describe('mounts', () => {
  const spec = {
    readPaths: ['/'],
    productionPaths: [
      { path: '/usr', local: true },
      { path: '/bin', local: false },
    ],
  };

  test('of the repository and of production are read-only, the latter only for the look before', () => {
    expect(mountsOf(plan(), spec, { production: true, isLocal: true })).toEqual([bind('/'), bind('/usr')]);
    expect(mountsOf(plan(), spec, { production: false, isLocal: true })).toEqual([bind('/')]);
    expect(mountsOf(plan(), spec, { production: true, isLocal: false })).toEqual([bind('/')]);
  });

  test('of the plan are read-only unless it says otherwise', () => {
    const mounts = [{ source: '/srv/checks', target: '/checks' }];
    const [mount] = mountsOf(
      plan({ mounts }),
      { readPaths: [], productionPaths: [] },
      { production: true, isLocal: true },
    );
    expect(mount).toEqual({ type: 'bind', source: '/srv/checks', target: '/checks', readOnly: true });
  });
});

describe('labels', () => {
  const run = { runId: 'R1', drill: 'orders', keeps: 'nothing', endsBefore: new Date('2026-11-21T12:00:00Z') } as const;
  const before = new Date('2026-11-21T11:00:00Z');
  const after = new Date('2026-11-21T13:00:00Z');

  test('tell the run, and that its process lives', () => {
    expect(readLabels(labelsFor(run), after)).toEqual({ runId: 'R1', drill: 'orders', keeps: 'nothing', alive: true });
  });

  test('of a process that is gone, or that cannot be read, are those of a dead one', () => {
    const owner = JSON.stringify({ pid: 2 ** 30, startTicks: '1', bootId: null });
    expect(readLabels({ ...labelsFor(run), 'org.pgdrill.owner': owner }, before)?.alive).toBe(false);
    expect(readLabels({ ...labelsFor(run), 'org.pgdrill.owner': 'x' }, before)?.alive).toBe(false);
  });

  test('of another machine count as alive until the run has expired', () => {
    const elsewhere = { ...labelsFor(run), 'org.pgdrill.host': 'another-machine' };
    expect(readLabels(elsewhere, before)?.alive).toBe(true);
    expect(readLabels(elsewhere, after)?.alive).toBe(false);
  });

  test('that are not ours are nobody’s', () => {
    for (const labels of [null, {}, { 'org.pgdrill.run': 'R1' }]) expect(readLabels(labels, before)).toBeNull();
  });
});

describe('the recipe of an image', () => {
  test.each([
    [17, {}, { suite: 'trixie', packages: 'debian' }],
    [15, {}, { suite: 'bookworm', packages: 'debian' }],
    [16, {}, { suite: 'trixie', packages: 'pgdg' }],
    [18, { suite: 'forky' }, { suite: 'forky', packages: 'debian' }],
    [17, { packages: 'pgdg' as const }, { suite: 'trixie', packages: 'pgdg' }],
  ])('for PostgreSQL %i with %j', (major, asked, expected) => {
    expect(recipeFor({ major, ...asked })).toEqual({ major, ...expected });
  });
});
