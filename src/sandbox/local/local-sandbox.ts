import { existsSync, readdirSync } from 'node:fs';
import { randomInt } from 'node:crypto';
import { dirname, join } from 'node:path';
import { awaitedLater } from '../../core/awaited-later.ts';
import type { CleanupStack } from '../../core/cleanup.ts';
import { onSocket, type Endpoint } from '../../core/endpoint.ts';
import { DrillError, messageOf } from '../../core/errors.ts';
import { abortAfter } from '../../core/timer.ts';
import { together } from '../../core/together.ts';
import type { Fence } from '../../host/fence.ts';
import { LocalHost } from '../../host/local-host.ts';
import type { RunPaths } from '../../host/run-paths.ts';
import { chooseRunUser, type RunUser } from '../../host/run-user.ts';
import type { LocalPlan } from '../../plan/sandbox-schema.ts';
import { putUpFence } from '../fence/put-up.ts';
import { resolvePath } from '../path-relation.ts';
import type { PreparedSandbox, Sandbox, SandboxSpec, Station, SweepOptions, SweptRun } from '../sandbox.ts';
import { lockDrill } from './drill-lock.ts';
import { machineFacts, machineOutside } from './machine.ts';
import { ownerIsAlive, readMarker, type RunMarker } from './marker.ts';
import { RUN_VARIABLE, runningDataDirectories } from './processes.ts';
import {
  chooseSelf,
  claimRunDirectory,
  refuseKeptInstance,
  removeRun,
  runPaths,
  takeOver,
  transientPaths,
} from './run-directory.ts';
import { claimScratch, isScratch, refuseLongSocketPath, scratchDirectory } from './scratch.ts';
import { refuseForeignWay, refuseUnsafeScratch } from './scratch-guard.ts';

/** Drills on this very machine, in a directory of their own, fenced off by bubblewrap. */
export class LocalSandbox implements Sandbox {
  readonly place = '';
  readonly sweepWords: readonly string[];
  readonly limits = ['The drill ran on this host: that the data can be recovered without it is not shown.'];
  readonly #plan: LocalPlan;

  constructor(plan: LocalPlan) {
    this.#plan = plan;
    this.sweepWords = plan.scratch === undefined ? [] : ['--scratch', plan.scratch];
  }

  async prepare(spec: SandboxSpec, cleanup: CleanupStack, signal: AbortSignal): Promise<PreparedSandbox> {
    const scratch = resolvePath(scratchDirectory(this.#plan.scratch));
    const { reuse } = this.#plan;
    const root = join(scratch, reuse ? `kept-${spec.drill}` : spec.runId);
    const paths = runPaths(root);
    refuseLongSocketPath(paths.sockets);
    refuseUnsafeScratch(scratch, [
      ...spec.productionPaths.map(({ path }) => ({ path, what: 'a data directory of production' })),
      ...spec.repositoryPaths.map((path) => ({ path, what: 'a repository' })),
      ...runningDataDirectories(scratch)
        .filter((path) => !isInMarkedRun(path, scratch))
        .map((path) => ({ path, what: 'the data directory of a running server' })),
    ]);
    refuseForeignWay(scratch);
    const user = chooseRunUser(this.#plan.runAs ?? null, spec.repositoryPaths);
    const unclaim = claimScratch(scratch);
    let isUsed = false;
    if (unclaim) {
      const leave = (): Promise<void> => Promise.resolve(isUsed ? undefined : unclaim(spec.drill));
      cleanup.push('leave the scratch directory as it was', leave);
    }
    const lock = lockDrill(join(scratch, 'locks'), spec.drill);
    cleanup.push('release the lock of the drill', () => Promise.resolve(lock.release()), { evenWhenKept: true });
    const keeps = spec.keepInstance ? 'instance' : reuse ? 'data' : 'nothing';
    const left = reuse ? 'data' : 'nothing';
    const label = reuse ? `empty ${root} but for the kept data` : `remove ${root}`;
    refuseKeptInstance(root);
    cleanup.push(label, (hurry) => removeRun(root, left, hurry), { deadlineMs: 600_000, endsWithUs: true });
    const hasKeptData = reuse && (await takeOver(paths, signal));
    claimRunDirectory(root, user, { runId: spec.runId, drill: spec.drill, keeps });

    const env = { TMPDIR: paths.temp, [RUN_VARIABLE]: root };
    const { credentials } = spec;
    const bare = new LocalHost({ user, fence: null, env });
    const { data, tablespaces } = paths;
    for (const path of transientPaths(paths)) await bare.makeDirectory(path);
    const outside = awaitedLater(machineOutside(spec));
    const fence = await this.#fence(bare, user, spec, paths, signal);
    const host = new LocalHost({ user, fence, env, credentials });
    const station: Station = {
      host,
      paths,
      facts: {
        kind: 'local',
        ...machineFacts(),
        user: user.name,
        confinement: {
          fileSystem: fence !== null,
          network: fence === null ? 'open' : 'none',
          privileges: user.uid !== 0,
          shown: fence === null ? [] : this.#plan.mounts,
        },
        container: null,
        server: null,
      },
      blame: () => Promise.resolve(null),
    };
    const prepared: PreparedSandbox = {
      ...station,
      elsewhere: null,
      hasKeptData,
      withOtherPgBackRest: () => Promise.resolve(null),
      withPostgres: () => Promise.resolve(prepared),
      provision: async () => {
        isUsed = true;
        await host.makeDirectory(data);
        await host.makeDirectory(tablespaces);
        return {
          ...station,
          outside: await outside,
          endpoint: this.#endpoint(paths),
          seal: () => Promise.resolve(station.facts.confinement.network),
        };
      },
    };
    return prepared;
  }

  /** The port only names the socket, which lies in a directory of the run's own; nothing listens on TCP. */
  #endpoint({ sockets }: RunPaths): Endpoint {
    return onSocket(sockets, randomInt(20_000, 60_000), this.#plan.superuser);
  }

  /**
   * Fences the copy off, or says why that cannot be. Without a fence, WAL that creates a tablespace makes the copy write
   * to the path of production's (PostgreSQL 15, pgBackRest #2537), so this is refused where production lives here too.
   */
  async #fence(
    bare: LocalHost,
    user: RunUser,
    spec: SandboxSpec,
    paths: RunPaths,
    signal: AbortSignal,
  ): Promise<Fence | null> {
    const allowed = this.#requireWritable(bare, user, paths.conf, signal);
    if (this.#plan.confine === 'off') return allowed.then(() => null);
    const admin = new LocalHost({ user: chooseSelf(), fence: null, env: {} });
    const putUp = putUpFence({
      user: bare,
      admin,
      fenced: (tried) => new LocalHost({ user, fence: tried, env: {} }),
      home: user.home,
      spec,
      paths,
      mounts: this.#plan.mounts,
      usesIoUring: this.#plan.settings['io_method'] === 'io_uring',
      hidden: [...runningDataDirectories(paths.root)].filter((path) => !path.startsWith(`${paths.root}/`)),
    });
    const [, { fence, why }] = await together(allowed, putUp);
    signal.throwIfAborted();
    if (fence === null) this.#refuseUnfenced(spec, why);
    return fence;
  }

  async #requireWritable(bare: LocalHost, user: RunUser, path: string, signal: AbortSignal): Promise<void> {
    const { exitCode } = await bare.run(['test', '-w', path], { signal });
    signal.throwIfAborted();
    if (exitCode === 0) return;
    throw new DrillError('scratch-not-writable', `the user ${user.name}, who runs the drill, cannot write to ${path}`, {
      hint: 'name a scratch directory that this user may pass through to with --scratch',
    });
  }

  #refuseUnfenced(spec: SandboxSpec, why: string): void {
    const production = spec.productionPaths.find(({ path, local }) => local && existsSync(path));
    if (!production) return;
    throw new DrillError(
      'confinement-unavailable',
      `the copy cannot be fenced off from production at ${production.path} on this machine: ${why.slice(0, 300)}`,
      {
        hint: 'install bubblewrap and allow unprivileged user namespaces; or drill on another machine; or set confine: off in the plan and accept the risk',
      },
    );
  }

  async sweep(options: SweepOptions): Promise<SweptRun[]> {
    const scratch = scratchDirectory(this.#plan.scratch);
    if (!isScratch(scratch)) return [];
    refuseForeignWay(scratch);
    const swept: SweptRun[] = [];
    for (const name of readdirSync(scratch).toSorted()) {
      const path = join(scratch, name);
      const marker = readMarker(path);
      if (!marker || (options.run !== null && marker.runId !== options.run)) continue;
      swept.push(await sweepRun(path, marker, options));
    }
    return swept;
  }
}

async function sweepRun(path: string, marker: RunMarker, options: SweepOptions): Promise<SweptRun> {
  const { runId, drill, keeps } = marker;
  const about = { runId, drill, path, message: null };
  const asked = options.kept || options.run !== null;
  if (ownerIsAlive(marker)) return { ...about, action: 'running' };
  if (keeps === 'instance' && !asked)
    return {
      ...about,
      action: 'kept',
      message: `its instance was kept; end it with: drill sweep --scratch ${dirname(path)} --run ${runId}`,
    };
  const keepsData = keeps === 'data' && !asked;
  const keptText = keepsData ? 'its data is kept for the next run' : null;
  if (options.dryRun) return { ...about, action: keepsData ? 'kept' : 'removed', message: keptText };
  try {
    await removeRun(path, keepsData ? 'data' : 'nothing', abortAfter(600_000));
    return { ...about, action: keepsData ? 'kept' : 'removed', message: keptText };
  } catch (error) {
    return { ...about, action: 'failed', message: messageOf(error) };
  }
}

function isInMarkedRun(path: string, scratch: string): boolean {
  const name = path.startsWith(`${scratch}/`) ? path.slice(scratch.length + 1).split('/')[0] : undefined;
  return name !== undefined && readMarker(join(scratch, name)) !== null;
}
