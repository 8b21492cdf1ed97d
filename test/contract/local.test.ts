import { chownSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { CleanupStack } from '../../src/core/cleanup.ts';
import { LocalHost } from '../../src/host/local-host.ts';
import { RecordingHost } from '../../src/host/recording-host.ts';
import { chooseRunUser } from '../../src/host/run-user.ts';
import { localSandbox, type LocalPlan } from '../../src/sandbox/local/schema.ts';
import { fenceOf } from '../../src/sandbox/fence/fence.ts';
import { lookAtMachine } from '../../src/sandbox/fence/machine.ts';
import { local } from '../../src/sandbox/local/sandbox.ts';
import type { SandboxSpec } from '../../src/sandbox/sandbox.ts';
import { makeTestDirectory } from '../fixtures/cluster.ts';
import { hostContract } from './host.contract.ts';
import { sandboxContract } from './sandbox.contract.ts';

const user = chooseRunUser(null, []);
const never = new AbortController().signal;

function testDirectoryOfFile(): string {
  const directory = makeTestDirectory('contract');
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function testDirectory(): string {
  const directory = makeTestDirectory('contract');
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Of whoever runs this, as a scratch directory in it must be. */
function ownDirectory(): string {
  const directory = testDirectory();
  chownSync(directory, process.getuid?.() ?? 0, process.getgid?.() ?? 0);
  return directory;
}

const sandboxPlan = (scratch: string): LocalPlan => localSandbox.parse({ kind: 'local', scratch });

const SPEC: SandboxSpec = {
  runId: 'r1',
  drill: 'd',
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

hostContract('this machine', () => {
  const directory = testDirectory();
  return { host: new LocalHost({ user, fence: null, env: {} }), directory };
});

/** A host behind the fence of a run in a directory, which is its data directory. */
async function fencedIn(directory: string): Promise<LocalHost> {
  const bare = new LocalHost({ user, fence: null, env: {} });
  const none = join(directory, 'none');
  const names = ['root', 'tablespaces', 'sockets', 'conf', 'secrets', 'spool', 'lock', 'log', 'feed', 'temp'] as const;
  const others = Object.fromEntries(names.map((name) => [name, none])) as Record<(typeof names)[number], string>;
  const fence = fenceOf({
    machine: await lookAtMachine(bare, []),
    paths: { ...others, data: directory },
    filter: null,
    repositories: [],
    network: false,
    keys: [],
    mounts: [],
    hidden: [],
  });
  return new LocalHost({ user, fence, env: {} });
}

const fencedDirectory = testDirectoryOfFile();
const fenced = await fencedIn(fencedDirectory);

hostContract('this machine, fenced off', () => ({
  host: fenced,
  directory: makeTestDirectory('contract', fencedDirectory),
}));

hostContract('this machine, recorded', () => {
  const directory = testDirectory();
  const host = new LocalHost({ user, fence: null, env: {} });
  return {
    host: new RecordingHost(
      host,
      () => undefined,
      () => performance.now(),
    ),
    directory,
  };
});

sandboxContract('local', () => {
  const scratch = join(ownDirectory(), 'scratch');
  const plan = sandboxPlan(scratch);
  const left = (): string[] =>
    existsSync(scratch)
      ? readdirSync(scratch).filter((name) => !['.pgdrill-scratch', 'locks', 'stranger'].includes(name))
      : [];
  const plantStranger = (): (() => boolean) => {
    const path = join(scratch, 'stranger', 'pgdrill-run.json');
    mkdirSync(join(scratch, 'stranger'));
    writeFileSync(path, '{"marker":"something else"}');
    return () => existsSync(path);
  };
  return {
    sandbox: local.create(plan),
    reusing: local.create({ ...plan, reuse: true }),
    showing: (path) => local.create({ ...plan, mounts: [path] }),
    sweep: async (options) => (await local.sweep(options, { scratch, asked: true, signal: never }))?.swept ?? [],
    fencesEach: true,
    drill: 'contract',
    left,
    plantStranger,
  };
});

describe('a fence', () => {
  test('keeps programs from writing anywhere else, and from seeing what is there', async () => {
    const [inside, outside] = [testDirectory(), testDirectory()];
    const host = await fencedIn(inside);
    expect((await host.run(['touch', join(inside, 'x')])).exitCode).toBe(0);
    const refused = await host.run(['touch', join(outside, 'x')]);
    expect(refused.stderr).toContain('No such file or directory');
    expect(readdirSync(outside)).toEqual([]);
    expect((await host.run(['touch', '/usr/x', '/x'])).stderr.match(/Read-only file system/g)).toHaveLength(2);
  });

  test('leaves no network but for a loopback of its own', async () => {
    const { stdout } = await fenced.run(['cat', '/proc/net/route']);
    expect(stdout.trim().split('\n')).toHaveLength(1);
  });
});

describe('a scratch directory', () => {
  test('is refused when somebody put something else there', async () => {
    const scratch = ownDirectory();
    writeFileSync(join(scratch, 'precious'), '');
    const cleanup = new CleanupStack();
    await expect(local.create(sandboxPlan(scratch)).prepare(SPEC, cleanup, never)).rejects.toMatchObject({
      code: 'scratch-refused',
    });
    await cleanup.unwind();
    expect(readdirSync(scratch)).toEqual(['precious']);
    expect(existsSync(join(scratch, 'precious'))).toBe(true);
  });

  test('gives each run a directory that only its user may enter', async () => {
    const root = testDirectory();
    chownSync(root, process.getuid?.() ?? 0, process.getgid?.() ?? 0);
    const cleanup = new CleanupStack();
    const { paths } = await local.create(sandboxPlan(join(root, 's'))).prepare(SPEC, cleanup, never);
    expect(statSync(paths.conf).mode & 0o777).toBe(0o700);
    expect(statSync(paths.sockets)).toMatchObject({ uid: user.uid });
    expect(statSync(paths.root).mode & 0o027).toBe(0);
    await cleanup.unwind();
  });
});
