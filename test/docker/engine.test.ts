import { statSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { inject, expect, onTestFinished, test } from 'vitest';
import { command, drill, leftovers, startDrill, workspace, writePlan } from '../fixtures/drill.ts';
import { sweepAlone } from '../fixtures/sweeping.ts';

const golden = inject('golden');
const [, , , m4] = golden.marks;

test('--reuse keeps the volume, and the next run restores the delta onto it', async () => {
  await sweepAlone();
  const place = workspace();
  const plan = writePlan(place, 'again', { name: place.name, sandbox: { reuse: true } });
  const first = await drill(place, plan);
  expect(first.report?.restore).toMatchObject({ start: 'empty', bytesReused: 0 });
  expect(leftovers(place)).toEqual([`volume pgdrill-kept-${place.name}`]);
  const check = ['--check-sql', 'select max(id) = 4 from marks'];
  const second = await drill(place, plan, '--target-time', m4?.after ?? '', ...check);
  expect(second).toMatchObject({ status: 0, report: { verdict: 'passed', restore: { start: 'delta' } } });
  expect(second.report?.restore?.bytesReused).toBeGreaterThan(10_000_000);
  const spared = await command(place, ['sweep', '--sandbox', 'docker']);
  expect(spared.stdout).toContain('its data is kept for the next run');
  const swept = await command(place, ['sweep', '--sandbox', 'docker', '--run', `kept-${place.name}`]);
  expect(swept.stdout).toContain('removed');
  expect(leftovers(place)).toEqual([]);
});

test('an engine at tcp:// that DOCKER_HOST names does the same', async () => {
  const way = createServer({ allowHalfOpen: true }, (socket) => {
    const engine = connect({ path: '/var/run/docker.sock', allowHalfOpen: true });
    for (const end of [socket, engine]) end.on('error', () => end.destroy());
    socket.pipe(engine).pipe(socket);
  });
  await new Promise<void>((resolve) => way.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void way.close());
  const { port } = way.address() as AddressInfo;
  const { uid, gid } = statSync(golden.repo1);
  const place = workspace();
  const plan = writePlan(place, 'remote', { name: place.name, sandbox: { user: `${uid}:${gid}` } });
  const env = { DOCKER_HOST: `tcp://127.0.0.1:${port}` };
  const run = await startDrill(place, [plan, '--check-sql', 'select count(*) = 6 from marks'], env).finished;
  expect(run.report?.reasons).toEqual([]);
  expect(run).toMatchObject({ status: 0, report: { verdict: 'passed' } });
  expect(run.report?.sandbox.container?.engine).toContain(`127.0.0.1:${port}`);
  expect(leftovers(place)).toEqual([]);
});

test('an engine that does not answer is said to be that, in a report', async () => {
  const place = workspace();
  const run = await startDrill(place, [], { DOCKER_HOST: 'unix:///no/such/engine.sock' }).finished;
  expect(run).toMatchObject({ status: 3, report: { verdict: 'inconclusive' } });
  expect(run.report?.reasons.map(({ code }) => code)).toEqual(['engine-unreachable']);
  expect(run.report?.reasons[0]?.message).toContain('/no/such/engine.sock');
});

test('the image that a plan needs is looked up in its repository', async () => {
  const place = { ...workspace(), image: null };
  const plan = writePlan(place, 'needs', { name: place.name, source: { stanza: 'shop', config: place.config } });
  const built = await command(place, ['image', 'build', plan]);
  expect(built.stderr).toBe('');
  expect(built).toMatchObject({ status: 0, stdout: `${place.name}: ${inject('image')} is there.\n` });
  expect(leftovers(place)).toEqual([]);
});
