import { chownSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CleanupStack } from '../../src/core/cleanup.ts';
import { LocalHost } from '../../src/host/local-host.ts';
import { RecordingHost } from '../../src/host/recording-host.ts';
import { chooseRunUser } from '../../src/host/run-user.ts';
import { localSandbox, type LocalPlan } from '../../src/plan/sandbox-schema.ts';
import { LocalSandbox } from '../../src/sandbox/local/local-sandbox.ts';
import type { SandboxSpec } from '../../src/sandbox/sandbox.ts';
import { makeTestDirectory } from '../fixtures/cluster.ts';
import { hostContract } from './host.contract.ts';
import { sandboxContract } from './sandbox.contract.ts';

const user = chooseRunUser(null, []);

function testDirectory(): string {
  const directory = makeTestDirectory('contract');
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

const sandboxPlan = (scratch: string): LocalPlan => localSandbox.parse({ kind: 'local', scratch });

const SPEC: SandboxSpec = {
  runId: 'r1',
  drill: 'd',
  repositoryPaths: [],
  readPaths: [],
  reaches: [],
  productionPaths: [],
  keepInstance: false,
  endsBefore: new Date(Date.now() + 3_600_000),
};

hostContract('this machine', () => {
  const directory = testDirectory();
  return { host: new LocalHost({ user, confinement: null, env: {} }), directory };
});

hostContract('this machine, fenced off', () => {
  const directory = testDirectory();
  const confinement = { program: 'bwrap', writable: [directory], network: false };
  return { host: new LocalHost({ user, confinement, env: {} }), directory };
});

hostContract('this machine, recorded', () => {
  const directory = testDirectory();
  const host = new LocalHost({ user, confinement: null, env: {} });
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
  const scratch = join(testDirectory(), 'scratch');
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
    sandbox: new LocalSandbox(plan),
    reusing: new LocalSandbox({ ...plan, reuse: true }),
    drill: 'contract',
    left,
    plantStranger,
  };
});

describe('a fence', () => {
  test('keeps programs from writing anywhere else', async () => {
    const [inside, outside] = [testDirectory(), testDirectory()];
    const host = new LocalHost({
      user,
      confinement: { program: 'bwrap', writable: [inside], network: false },
      env: {},
    });
    expect((await host.run(['touch', join(inside, 'x')])).exitCode).toBe(0);
    const refused = await host.run(['touch', join(outside, 'x')]);
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stderr).toContain('Read-only file system');
    expect(readdirSync(outside)).toEqual([]);
  });

  test('leaves no network but for a loopback of its own', async () => {
    const directory = testDirectory();
    const without = new LocalHost({
      user,
      confinement: { program: 'bwrap', writable: [directory], network: false },
      env: {},
    });
    const { stdout } = await without.run(['cat', '/proc/net/route']);
    expect(stdout.trim().split('\n')).toHaveLength(1);
  });
});

describe('a scratch directory', () => {
  test('is refused when somebody put something else there', async () => {
    const scratch = testDirectory();
    writeFileSync(join(scratch, 'precious'), '');
    const cleanup = new CleanupStack();
    await expect(
      new LocalSandbox(sandboxPlan(scratch)).prepare(SPEC, cleanup, new AbortController().signal),
    ).rejects.toMatchObject({
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
    const { paths } = await new LocalSandbox(sandboxPlan(join(root, 's'))).prepare(
      SPEC,
      cleanup,
      new AbortController().signal,
    );
    expect(statSync(paths.conf).mode & 0o777).toBe(0o700);
    expect(statSync(paths.sockets)).toMatchObject({ uid: user.uid });
    expect(statSync(paths.root).mode & 0o027).toBe(0);
    await cleanup.unwind();
  });
});
