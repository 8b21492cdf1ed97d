import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CleanupStack } from '../../src/core/cleanup.ts';
import type { PreparedSandbox, Sandbox, SandboxSpec, SweepOptions, SweptRun } from '../../src/sandbox/sandbox.ts';
import { sweepAlone } from '../fixtures/sweeping.ts';

interface SandboxUnderTest {
  readonly sandbox: Sandbox;
  /** The same sandbox, keeping its data. */
  readonly reusing: Sandbox;
  /** The same sandbox, showing a directory to the copy. */
  readonly showing: (path: string) => Sandbox;
  /** What the kind sweeps where these two are. */
  readonly sweep: (options: SweepOptions) => Promise<readonly SweptRun[]>;
  /** Each program is to be fenced off by itself. */
  readonly fencesEach: boolean;
  /** A name of a drill that no other test has. */
  readonly drill: string;
  /** What there is of drills whose name begins so, told by other means than the sandbox. */
  readonly left: (drill: string) => string[];
  /** Puts something beside the runs that looks like one, but is not ours; tells whether it is still there. */
  readonly plantStranger: () => () => boolean;
}

const signal = new AbortController().signal;

const specOf = (runId: string, drill: string): SandboxSpec => ({
  runId: `${drill}-${runId}`,
  drill,
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
});
const restored = async (prepared: PreparedSandbox): Promise<void> => {
  const { host, paths } = await prepared.provision(signal);
  await host.writeFile(join(paths.data, 'PG_VERSION'), '15\n', 0o600);
};

/** Removes the kept data of one drill: an engine or a server has that of others. */
async function sweepKept(sweep: SandboxUnderTest['sweep'], drill: string): Promise<readonly SweptRun[]> {
  const all = await sweep({ run: null, kept: false, dryRun: true });
  const run = all.find((one) => one.drill === drill)?.runId ?? '';
  return sweep({ run, kept: false, dryRun: false });
}

/** What every sandbox promises. Run for each kind. */
export function sandboxContract(name: string, make: () => SandboxUnderTest): void {
  describe(`sandbox: ${name}`, () => {
    test('is ready to run commands before it is provisioned, and to restore after', async () => {
      const { sandbox, drill } = make();
      const cleanup = new CleanupStack();
      const prepared = await sandbox.prepare(specOf('1', drill), cleanup, signal);
      expect((await prepared.host.run(['true'])).exitCode).toBe(0);
      expect(prepared.facts.cpus).toBeGreaterThan(0);
      expect(prepared.facts.memoryBytes).toBeGreaterThan(0);
      expect(prepared.hasKeptData).toBe(false);
      const provisioned = await prepared.provision(signal);
      const { endpoint, host, paths } = provisioned;
      expect(endpoint.port).toBeGreaterThan(1024);
      expect((await host.run(['touch', join(paths.data, 'x'), join(paths.tablespaces, 'x')])).exitCode).toBe(0);
      expect((await host.room(paths.root)).freeBytes).toBeGreaterThan(0);
      expect(await provisioned.blame()).toBeNull();
      await cleanup.unwind();
    });

    test('what it says of its fence is so', async () => {
      const { sandbox, fencesEach, drill } = make();
      const cleanup = new CleanupStack();
      const prepared = await sandbox.prepare(specOf('1', drill), cleanup, signal);
      const provisioned = await prepared.provision(signal);
      const { host, facts } = provisioned;
      expect(facts.confinement).toEqual({
        eachProgram: fencesEach,
        fileSystem: true,
        network: 'none',
        privileges: true,
        shown: [],
      });
      expect(await provisioned.seal(signal)).toBe('none');
      const refused = await host.run(['touch', '/written-by-a-copy']);
      expect(refused.exitCode).not.toBe(0);
      expect(refused.stderr).toMatch(/Read-only file system|Permission denied/);
      expect((await host.run(['cat', '/proc/net/route'])).stdout.trim().split('\n')).toHaveLength(1);
      expect((await host.run(['cat', '/proc/self/status'])).stdout).toMatch(/^CapEff:\s+0+$/m);
      await cleanup.unwind();
    });

    test('nobody but its user may enter what holds secrets', async () => {
      const { sandbox, drill } = make();
      const cleanup = new CleanupStack();
      const prepared = await sandbox.prepare(specOf('1', drill), cleanup, signal);
      const { host, paths } = await prepared.provision(signal);
      const { conf, secrets, sockets, lock, feed, data } = paths;
      const { stdout } = await host.run(['stat', '-c', '%a', conf, sockets, feed, data]);
      expect(stdout).toBe('700\n'.repeat(4));
      const fetched = await host.run(['stat', '-c', '%a', secrets, lock], { role: 'pgbackrest' });
      expect(fetched.stdout).toBe('700\n'.repeat(2));
      await cleanup.unwind();
    });

    test('shows nothing of production to the copy, whatever the plan says', async () => {
      const { showing, drill, left } = make();
      const cleanup = new CleanupStack();
      const spec = { ...specOf('1', drill), productionPaths: [{ path: '/usr/share', local: true }] };
      const refused = showing('/usr/share/doc').prepare(spec, cleanup, signal);
      await expect(refused).rejects.toMatchObject({
        code: 'plan-invalid',
        message: expect.stringContaining('lies in'),
      });
      await cleanup.unwind();
      expect(left(drill)).toEqual([]);
    });

    test('a run that is to end before it begins leaves nothing', async () => {
      const { sandbox, drill, left } = make();
      const cleanup = new CleanupStack();
      await expect(sandbox.prepare(specOf('1', drill), cleanup, AbortSignal.abort())).rejects.toBeInstanceOf(Error);
      await cleanup.unwind();
      expect(left(drill)).toEqual([]);
      const again = new CleanupStack();
      await sandbox.prepare(specOf('2', drill), again, signal);
      await again.unwind();
    });

    test('cleaning up removes everything that it made, twice if need be', async () => {
      const { sandbox, drill, left } = make();
      const cleanup = new CleanupStack();
      const prepared = await sandbox.prepare(specOf('1', drill), cleanup, signal);
      await restored(prepared);
      expect(left(drill)).not.toEqual([]);
      const steps = await cleanup.unwind();
      expect(steps.filter(({ ok }) => !ok)).toEqual([]);
      expect(left(drill)).toEqual([]);
      expect(await cleanup.unwind()).toEqual([]);
    });

    test('one drill runs once at a time; another one beside it', async () => {
      const { sandbox, drill, left } = make();
      const [first, second, third] = [new CleanupStack(), new CleanupStack(), new CleanupStack()];
      await sandbox.prepare(specOf('1', drill), first, signal);
      await expect(sandbox.prepare(specOf('2', drill), second, signal)).rejects.toMatchObject({ outcome: 'busy' });
      await sandbox.prepare(specOf('3', `${drill}-another`), third, signal);
      for (const stack of [third, second, first]) await stack.unwind();
      const again = new CleanupStack();
      await sandbox.prepare(specOf('4', drill), again, signal);
      await again.unwind();
      expect(left(drill)).toEqual([]);
    });

    test('keeps the data of a reusing drill, and only the data', async () => {
      const { reusing, sweep, drill, left } = make();
      const cleanup = new CleanupStack();
      const first = await reusing.prepare(specOf('1', drill), cleanup, signal);
      await restored(first);
      await first.host.writeFile(join(first.paths.conf, 'secret'), 'x', 0o600);
      await cleanup.unwind();
      expect(left(drill)).toHaveLength(1);
      const again = new CleanupStack();
      const second = await reusing.prepare(specOf('2', drill), again, signal);
      expect(second.hasKeptData).toBe(true);
      expect(await second.host.readFile(join(second.paths.conf, 'secret'))).toBeNull();
      await again.unwind();
      expect((await sweepKept(sweep, drill)).map(({ action }) => action)).toEqual(['removed']);
      expect(left(drill)).toEqual([]);
    });

    test('of kept data that no restore could begin on nothing is left', async () => {
      const { reusing, sweep, drill } = make();
      const cleanup = new CleanupStack();
      const first = await (await reusing.prepare(specOf('1', drill), cleanup, signal)).provision(signal);
      for (const directory of [first.paths.data, first.paths.tablespaces])
        await first.host.makeDirectory(join(directory, '1', '2'));
      await cleanup.unwind();
      const again = new CleanupStack();
      const second = await reusing.prepare(specOf('2', drill), again, signal);
      expect(second.hasKeptData).toBe(false);
      const { host, paths } = await second.provision(signal);
      expect([await host.list(paths.data), await host.list(paths.tablespaces)]).toEqual([[], []]);
      await host.writeFile(join(paths.data, 'backup.manifest'), '', 0o600);
      await again.unwind();
      const last = new CleanupStack();
      expect((await reusing.prepare(specOf('3', drill), last, signal)).hasKeptData).toBe(true);
      await last.unwind();
      await sweepKept(sweep, drill);
    });

    test('sweep tells what it would do, and knows of no other run', async () => {
      const { reusing, sweep, drill, left } = make();
      const cleanup = new CleanupStack();
      await restored(await reusing.prepare(specOf('1', drill), cleanup, signal));
      const during = await sweep({ run: null, kept: false, dryRun: true });
      const isOurs = (run: SweptRun): boolean => run.drill === drill;
      await cleanup.unwind();
      const before = left(drill);
      const [kept] = (await sweep({ run: null, kept: false, dryRun: true })).filter(isOurs);
      expect(during.filter(isOurs).map(({ action }) => action)).toContain('running');
      expect(kept).toMatchObject({ action: 'kept', message: 'its data is kept for the next run' });
      const run = kept?.runId ?? '';
      expect(await sweep({ run, kept: false, dryRun: true })).toMatchObject([{ action: 'removed', message: null }]);
      expect(await sweep({ run: `${run}-other`, kept: false, dryRun: false })).toEqual([]);
      expect(left(drill)).toEqual(before);
      await sweepKept(sweep, drill);
    });

    test('sweep spares what lives, what is kept and what is not ours', async () => {
      await sweepAlone();
      const { sandbox, reusing, sweep, drill, left, plantStranger } = make();
      const [living, kept] = [new CleanupStack(), new CleanupStack()];
      await sandbox.prepare(specOf('alive', drill), living, signal);
      await restored(await reusing.prepare(specOf('kept', `${drill}-keeper`), kept, signal));
      await kept.unwind();
      const isThere = plantStranger();
      const before = left(drill);
      const swept = await sweep({ run: null, kept: false, dryRun: false });
      const ours = swept.filter((run) => run.drill.startsWith(drill));
      expect(new Map(ours.map((run) => [run.drill, run.action]))).toEqual(
        new Map([
          [drill, 'running'],
          [`${drill}-keeper`, 'kept'],
        ]),
      );
      expect(left(drill)).toEqual(before);
      expect(isThere()).toBe(true);
      await living.unwind();
      await sweep({ run: ours.find((run) => run.action === 'kept')?.runId ?? '', kept: false, dryRun: false });
      expect(left(drill)).toEqual([]);
    });
  });
}
