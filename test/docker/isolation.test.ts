import { createServer, type Server } from 'node:net';
import { inject, expect, onTestFinished, test } from 'vitest';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { damagedWorkspace, drill, leftovers, startDrill, workspace, writePlan } from '../fixtures/drill.ts';
import { bridgeAddress, dockerLines } from '../fixtures/engine.ts';
import { listenAt } from '../fixtures/listen.ts';

const golden = inject('golden');

/** Listens on every address of this machine and counts who comes. */
async function listen(port = 0): Promise<{ port: number; connections: () => number; server: Server }> {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await listenAt(server, port, '0.0.0.0');
  onTestFinished(() => void server.close());
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    connections: () => connections,
    server,
  };
}

/** A check by psql that makes the server itself do something. */
const serverDoes = (name: string, sql: string): Record<string, unknown> => ({
  name,
  severity: 'warning',
  command: ['psql', '-X', '-v', 'ON_ERROR_STOP=1', '-c', sql],
});
const reachOut = (host: string, port: number): string =>
  `copy (select 1) to program 'timeout 3 bash -c "exec 3<>/dev/tcp/${host}/${port}"'`;

test('the copy, though it tries, reaches neither a listener on the host nor a file', async () => {
  const listener = await listen();
  const place = workspace();
  const checks = [
    serverDoes('reach the host', reachOut(bridgeAddress(), listener.port)),
    serverDoes('reach its loopback', reachOut('127.0.0.1', listener.port)),
    serverDoes('write to the repository', `copy (select 1) to '${golden.repo1}/WRITTEN-BY-A-COPY'`),
    serverDoes('write to the system', "copy (select 1) to '/etc/WRITTEN-BY-A-COPY'"),
    serverDoes('see production', `select pg_ls_dir('${golden.data}')`),
  ];
  const run = await drill(place, writePlan(place, 'fence', { name: place.name, checks }));
  const observed = (name: string): string => run.report?.checks.find((check) => check.name === name)?.observed ?? '';
  expect(observed('reach the host')).toMatch(/exit status 1.*(unreachable|refused|child process)/);
  expect(observed('reach its loopback')).toMatch(/exit status 1.*(unreachable|refused|child process)/);
  expect(observed('write to the repository')).toContain('Read-only file system');
  expect(observed('write to the system')).toContain('Read-only file system');
  expect(observed('see production')).toMatch(/No such file|could not open directory/);
  expect(run.report?.verdict).toBe('passed');
  expect(listener.connections()).toBe(0);
});

test('the same listener is reached when the plan names a network: the attempts are real', async () => {
  const listener = await listen();
  const place = workspace();
  const checks = [serverDoes('reach the host', reachOut(bridgeAddress(), listener.port))];
  const sandbox = { network: 'bridge' };
  const run = await drill(place, writePlan(place, 'open', { name: place.name, sandbox, checks }));
  expect(run.report?.checks.find(({ name }) => name === 'reach the host')?.status).toBe('passed');
  expect(listener.connections()).toBe(1);
  expect(run.report?.sandbox.isolation).toMatchObject({ network: 'open' });
});

test('a subscription of production does not connect from the copy', async () => {
  const publisher = await listen(golden.publisherPort);
  const checks = [
    { name: 'the subscription is enabled', sql: "select subenabled from pg_subscription where subname = 's'" },
    { name: 'and has had its time', sql: 'select pg_sleep(1) is not null' },
    // Replication aside, the very connection is tried by the server: its walreceiver library asks the publisher for slots.
    serverDoes(
      'create another',
      `create subscription t connection 'host=${bridgeAddress()} port=${publisher.port} dbname=x' publication p`,
    ),
  ];
  const place = workspace();
  const run = await drill(place, writePlan(place, 'subscription', { name: place.name, checks }));
  expect(run.report?.verdict).toBe('passed');
  const tried = run.report?.checks.find(({ name }) => name === 'create another');
  expect(tried?.status).toBe('failed');
  expect(tried?.observed).toMatch(/could not connect to the publisher|read-only transaction/);
  expect(publisher.connections()).toBe(0);
});

test('two drills in containers and one on this machine at once do not get in one another’s way', async () => {
  const check = ['--check-sql', 'select pg_sleep(2) is not null and count(*) = 6 from marks'];
  const [first, second, third] = [workspace(), workspace(), damagedWorkspace()];
  const local = writePlan(third, 'local', { name: 'beside', sandbox: { kind: 'local', scratch: third.scratch } });
  const runs = await Promise.all([
    startDrill(first, check).finished,
    startDrill(second, check).finished,
    startDrill(third, [local, ...check]).finished,
  ]);
  expect(runs.map(({ report }) => [report?.verdict, report?.sandbox.kind])).toEqual([
    ['passed', 'docker'],
    ['passed', 'docker'],
    ['passed', 'local'],
  ]);
  for (const place of [first, second]) expect(leftovers(place)).toEqual([]);
});

test('an image without the right PostgreSQL is refused before anything is restored, with the one that would do', async () => {
  const major = Number(inject('image').split(':')[1]);
  const other = major === 17 ? 15 : 17;
  const place = workspace();
  const run = await drill(
    place,
    writePlan(place, 'other', { name: place.name, sandbox: { image: `pgdrill:${other}` } }),
  );
  expect(run).toMatchObject({ status: 3, report: { verdict: 'inconclusive' } });
  expect(run.report?.reasons[0]).toMatchObject({
    code: 'postgres-missing',
    hint: expect.stringContaining(`pgdrill:${major}`) as string,
  });
  expect(run.report?.phases.find(({ id }) => id === 'restore')?.status).toBe('not-run');
  expect(leftovers(place)).toEqual([]);
});

test('an image of somebody else’s making, whose volume is root’s, does as well', async () => {
  const place = workspace();
  const directory = place.root;
  writeFileSync(
    join(directory, 'Dockerfile'),
    `FROM ${inject('image')}\nUSER 0:0\nRUN rmdir /pgdrill\nLABEL org.pgdrill.postgres-major=\n`,
  );
  const image = `pgdrill-test:${place.name.toLowerCase()}`;
  dockerLines('build', '--quiet', '--network=none', '--tag', image, directory);
  onTestFinished(() => void dockerLines('rmi', '--force', image));
  const run = await drill(place, writePlan(place, 'own', { name: place.name, sandbox: { image } }));
  expect(run.report?.reasons).toEqual([]);
  expect(run).toMatchObject({ status: 0, report: { verdict: 'passed', sandbox: { container: { image } } } });
  expect(leftovers(place)).toEqual([]);
});

test('limits are kept, recorded, and size what production does not say', async () => {
  const place = workspace();
  const sandbox = { memory: '512MB', cpus: 1, shm: '64MB' };
  const run = await drill(place, writePlan(place, 'limits', { name: place.name, sandbox }));
  expect(run).toMatchObject({ status: 0, report: { verdict: 'passed', sandbox: { processMax: 1 } } });
  expect(run.report?.sandbox.container).toMatchObject({
    memoryLimitBytes: 512 * 1024 ** 2,
    cpuLimit: 1,
    shmBytes: 64 * 1024 ** 2,
    network: 'none',
  });
  // 256 MB in production; two fifths of what the container has.
  const buffers = run.report?.sandbox.settings.find(({ name }) => name === 'shared_buffers');
  expect(buffers).toMatchObject({ production: '256MB', why: expect.stringContaining('capped') as string });
  expect(buffers?.drill).toMatch(/^\d+kB$/);
  expect(Number.parseInt(buffers?.drill ?? '', 10)).toBeLessThanOrEqual((512 * 1024 * 2) / 5);
});
