import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CleanupStack } from '../../src/core/cleanup.ts';
import type { Sandbox, SandboxSpec } from '../../src/sandbox/sandbox.ts';

interface SandboxUnderTest {
  readonly sandbox: Sandbox;
  /** The same sandbox, keeping its data. */
  readonly reusing: Sandbox;
  readonly scratch: string;
}

const spec = (runId: string, drill = 'contract'): SandboxSpec => ({
  runId,
  drill,
  repositoryPaths: [],
  readPaths: [],
  reaches: [],
  productionPaths: [],
  keepInstance: false,
  endsBefore: new Date(Date.now() + 3_600_000),
});

const signal = new AbortController().signal;

/** What every sandbox promises. Run for each kind. */
export function sandboxContract(name: string, make: () => SandboxUnderTest): void {
  describe(`sandbox: ${name}`, () => {
    test('is ready to run commands before it is provisioned, and to restore after', async () => {
      const { sandbox } = make();
      const cleanup = new CleanupStack();
      const prepared = await sandbox.prepare(spec('run-1'), cleanup, signal);
      expect((await prepared.host.run(['true'])).exitCode).toBe(0);
      expect(prepared.facts.cpus).toBeGreaterThan(0);
      expect(prepared.hasKeptData).toBe(false);
      const { endpoint, host, paths } = await prepared.provision(signal);
      expect(endpoint.port).toBeGreaterThan(1024);
      expect((await host.run(['touch', join(paths.data, 'x'), join(paths.tablespaces, 'x')])).exitCode).toBe(0);
      await cleanup.unwind();
    });

    test('cleaning up removes everything that it made, twice if need be', async () => {
      const { sandbox } = make();
      const cleanup = new CleanupStack();
      const prepared = await sandbox.prepare(spec('run-1'), cleanup, signal);
      const { host, paths } = prepared;
      await prepared.provision(signal);
      await host.writeFile(join(paths.data, 'file'), '', 0o600);
      const steps = await cleanup.unwind();
      expect(steps.every(({ ok }) => ok)).toBe(true);
      expect(existsSync(paths.root)).toBe(false);
      expect(await cleanup.unwind()).toEqual([]);
    });

    test('one drill runs once at a time; another one beside it', async () => {
      const { sandbox } = make();
      const [first, second, third] = [new CleanupStack(), new CleanupStack(), new CleanupStack()];
      await sandbox.prepare(spec('run-1'), first, signal);
      await expect(sandbox.prepare(spec('run-2'), second, signal)).rejects.toMatchObject({ outcome: 'busy' });
      await sandbox.prepare(spec('run-3', 'another'), third, signal);
      for (const stack of [third, second, first]) await stack.unwind();
      const again = new CleanupStack();
      await sandbox.prepare(spec('run-4'), again, signal);
      await again.unwind();
    });

    test('keeps the data of a reusing drill, and only the data', async () => {
      const { reusing } = make();
      const cleanup = new CleanupStack();
      const first = await reusing.prepare(spec('run-1'), cleanup, signal);
      await first.provision(signal);
      await first.host.writeFile(join(first.paths.data, 'PG_VERSION'), '15\n', 0o600);
      await cleanup.unwind();
      expect(existsSync(join(first.paths.data, 'PG_VERSION'))).toBe(true);
      expect(existsSync(first.paths.conf)).toBe(false);
      const again = new CleanupStack();
      const second = await reusing.prepare(spec('run-2'), again, signal);
      expect(second.hasKeptData).toBe(true);
      await again.unwind();
    });

    test('sweep spares what lives, what was kept and what is not ours', async () => {
      const { sandbox, reusing, scratch } = make();
      const [living, kept] = [new CleanupStack(), new CleanupStack()];
      const run = await sandbox.prepare(spec('alive'), living, signal);
      const data = await reusing.prepare(spec('kept', 'keeper'), kept, signal);
      await data.provision(signal);
      await data.host.writeFile(join(data.paths.data, 'PG_VERSION'), '15\n', 0o600);
      await kept.unwind();
      mkdirSync(join(scratch, 'stranger'));
      writeFileSync(join(scratch, 'stranger', 'pgdrill-run.json'), '{"marker":"something else"}');
      const swept = await sandbox.sweep({ run: null, kept: true, dryRun: false });
      expect(swept.every(({ action }) => action === 'running')).toBe(true);
      expect(existsSync(run.paths.root)).toBe(true);
      expect(existsSync(join(scratch, 'stranger'))).toBe(true);
      await living.unwind();
    });
  });
}
