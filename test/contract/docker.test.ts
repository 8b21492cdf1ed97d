import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { chooseRunUser } from '../../src/host/run-user.ts';
import { dockerSandbox } from '../../src/sandbox/docker/schema.ts';
import { containerHost } from '../../src/sandbox/docker/container-host.ts';
import { removeContainer, startContainer, type StartedContainer } from '../../src/sandbox/docker/container.ts';
import { docker } from '../../src/sandbox/docker/sandbox.ts';
import { connectEngine, type Engine } from '../../src/sandbox/docker/engine.ts';
import { makeTestDirectory } from '../fixtures/cluster.ts';
import { dockerLines, leftOnEngine } from '../fixtures/engine.ts';
import { hostContract } from './host.contract.ts';
import { sandboxContract } from './sandbox.contract.ts';

const user = chooseRunUser(null, []);
const image = inject('image');
const unique = (): string => `contract-${randomBytes(4).toString('hex')}`;

describe('a container', () => {
  const root = makeTestDirectory('container');
  let engine: Engine;
  let started: StartedContainer;

  beforeAll(async () => {
    engine = await connectEngine();
    started = await startContainer(engine, {
      name: `pgdrill-${unique()}`,
      image,
      labels: {},
      user: `${user.uid}:${user.gid}`,
      groups: [],
      network: 'none',
      hosts: [],
      mounts: [{ type: 'bind', source: root, target: root, readOnly: false }],
      memoryDirectory: '/run/pgdrill',
      memoryBytes: null,
      cpus: null,
      shmBytes: 64 * 1024 ** 2,
      outlive: false,
      mayPull: false,
    });
  });
  afterAll(async () => {
    await removeContainer(started.container);
    rmSync(root, { recursive: true, force: true });
  });

  hostContract('a container', () => {
    const directory = makeTestDirectory('contract', root);
    return { host: containerHost(started.container, '/run/pgdrill'), directory };
  });

  test('that is gone is told from a program that failed', async () => {
    const host = containerHost(engine.docker.getContainer('no-such-container'), '/run');
    await expect(host.run(['true'])).rejects.toMatchObject({ code: 'process-killed' });
  });

  test('a program that goes on after it has closed its output is waited for, however long', async () => {
    const host = containerHost(started.container, '/run/pgdrill');
    const closing = ['sh', '-c', 'exec >&- 2>&-; sleep 6; exit 7'];
    expect(await host.run(closing)).toMatchObject({ exitCode: 7, signal: null });
  });
});

sandboxContract('docker', () => {
  const place = { scratch: undefined, asked: true, signal: new AbortController().signal };
  const plan = dockerSandbox.parse({ kind: 'docker', image });
  const plantStranger = (): (() => boolean) => {
    const name = unique();
    dockerLines('volume', 'create', '--label', 'org.pgdrill.run=', name);
    onTestFinished(() => void dockerLines('volume', 'rm', name));
    return () => dockerLines('volume', 'ls', '--quiet', '--filter', `name=${name}`).length === 1;
  };
  return {
    sandbox: docker.create(plan),
    reusing: docker.create({ ...plan, reuse: true }),
    showing: (source) => docker.create({ ...plan, mounts: [{ source, target: '/opt/shown', readOnly: true }] }),
    sweep: async (options) => (await docker.sweep(options, place))?.swept ?? [],
    fencesEach: false,
    drill: unique(),
    left: (drill) => leftOnEngine(drill),
    plantStranger,
  };
});

describe('an engine', () => {
  test('that DOCKER_HOST names is used, or none is', async () => {
    const elsewhere = connectEngine({ DOCKER_HOST: 'unix:///no/such/engine.sock' });
    await expect(elsewhere).rejects.toMatchObject({ code: 'engine-unreachable', outcome: 'inconclusive' });
    await expect(connectEngine({ DOCKER_HOST: 'ssh://somewhere' })).rejects.toThrow(/ssh/);
    expect((await connectEngine({})).isLocal).toBe(true);
  });
});
