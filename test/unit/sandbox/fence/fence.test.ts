import { expect, test } from 'vitest';
import type { Role } from '../../../../src/host/fence.ts';
import { fenceOf, type FencePlan } from '../../../../src/sandbox/fence/fence.ts';

const NAMES = [
  'root',
  'data',
  'tablespaces',
  'sockets',
  'conf',
  'secrets',
  'spool',
  'lock',
  'log',
  'feed',
  'temp',
] as const;

const PLAN: FencePlan = {
  machine: {
    links: [['/bin', 'usr/bin']],
    programs: ['/opt/pgsql/bin'],
    repositoryLinks: ['/mnt/disk/archive'],
    disablesUserNamespaces: true,
    arch: 'x86_64',
  },
  paths: Object.fromEntries(NAMES.map((name) => [name, `/run-${name}`])) as Record<(typeof NAMES)[number], string>,
  filter: '/run-root/fence.bpf',
  repositories: ['/repository'],
  network: true,
  keys: ['/home/u/.ssh'],
  mounts: ['/opt/checks'],
  hidden: ['/usr/local/pgsql/data', '/var/lib/postgresql/15/main'],
};

const words = (role: Role, more: Partial<FencePlan> = {}, outlive = false): readonly string[] =>
  fenceOf({ ...PLAN, ...more })({ role, outlive, reads: ['/one/more'], cwd: null });

const seen = (role: Role): string[] =>
  words(role).filter((word) => /^\/(run-|repository|mnt|home\/u|opt|one)/.test(word));

test.each([
  [
    'pgbackrest',
    ['data', 'secrets', 'spool', 'lock', 'log', 'feed', 'tablespaces'],
    ['/repository', '/mnt/disk/archive', '/home/u/.ssh'],
  ],
  ['server', ['data', 'tablespaces', 'sockets', 'conf', 'log', 'feed', 'temp'], ['/opt/checks']],
  ['check', ['sockets', 'temp'], ['/opt/checks']],
] as const)('%s sees what it needs, and nothing else', (role, own, others) => {
  const expected = [
    '/run-root/fence.bpf',
    '/opt/pgsql/bin',
    '/one/more',
    ...own.map((name) => `/run-${name}`),
    ...others,
  ];
  expect(new Set(seen(role))).toEqual(new Set(expected));
});

const cut = (role: Role, network: boolean): boolean => words(role, { network }).includes('--unshare-net');

test('pgBackRest alone has the network, and only where the repository takes one', () => {
  expect((['pgbackrest', 'server', 'check', 'tool'] as const).map((role) => cut(role, true))).toEqual([
    false,
    true,
    true,
    true,
  ]);
  expect(cut('pgbackrest', false)).toBe(true);
});

test('it dies with whoever started it; what is to go on is waited for by a shell', () => {
  const open = 'exec 3<"$0" || exit; ';
  const core = 'prlimit --pid $$ --core=1 2>/dev/null || ulimit -c 0; ';
  expect(words('check').slice(0, 4)).toEqual(['sh', '-c', `${open}${core}exec "$@"`, '/run-root/fence.bpf']);
  expect(words('check', {}, true)[2]).toBe(`${open}${core}"$@"; exit $?`);
  expect(words('server', {}, true)).toContain('--die-with-parent');
  expect(words('check', { filter: null })[2]).toBe(`${core}exec "$@"`);
});

test('the server is the first to go when memory runs out, and cannot take that back', () => {
  expect(words('server')[2]).toContain('echo 1000 >/proc/self/oom_score_adj');
  expect(words('server').join(' ')).toContain('--remount-ro /proc');
});

test('production in a directory that is shown is covered', () => {
  const list = words('server');
  expect(list[list.indexOf('/usr/local/pgsql/data') - 1]).toBe('--tmpfs');
  expect(list).not.toContain('/var/lib/postgresql/15/main');
});
