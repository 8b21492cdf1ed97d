import { existsSync } from 'node:fs';
import { DrillError } from '../../core/errors.ts';
import type { Fence } from '../../host/fence.ts';
import { LocalHost } from '../../host/local-host.ts';
import type { RunPaths } from '../../host/run-paths.ts';
import type { RunUser } from '../../host/run-user.ts';
import { confinementBy } from '../fence/confinement.ts';
import { putUpFence } from '../fence/put-up.ts';
import { transientPaths } from '../layout.ts';
import { RUN_VARIABLE, runningDataDirectories } from '../processes.ts';
import type { SandboxSpec, Station } from '../sandbox.ts';
import { machineFacts } from '../this-machine.ts';
import { chooseSelf } from './run-directory.ts';
import type { LocalPlan } from './schema.ts';
import { shortened } from '../../core/shortened.ts';

interface StationOptions {
  readonly plan: LocalPlan;
  readonly spec: SandboxSpec;
  readonly user: RunUser;
  readonly paths: RunPaths;
  readonly signal: AbortSignal;
}

/** The directories of a run on this machine, and whoever works in them behind its fence. */
export async function stationIn(options: StationOptions): Promise<Station> {
  const { plan, spec, user, paths } = options;
  const env = { TMPDIR: paths.temp, [RUN_VARIABLE]: paths.root };
  const bare = new LocalHost({ user, fence: null, env });
  for (const path of transientPaths(paths)) await bare.makeDirectory(path);
  const fence = await fenceIn(bare, options);
  const confinement = confinementBy(fence, { isRoot: user.uid === 0, mounts: plan.mounts });
  return {
    host: new LocalHost({ user, fence, env, credentials: spec.credentials }),
    paths,
    facts: { kind: plan.kind, ...machineFacts(), user: user.name, confinement, container: null, server: null },
    blame: () => Promise.resolve(null),
  };
}

/**
 * Fences the copy off, or says why that cannot be. Without a fence, WAL that creates a tablespace makes the copy write
 * to the path of production's (PostgreSQL 15, pgBackRest #2537), so this is refused where production lives here too.
 */
async function fenceIn(bare: LocalHost, { plan, spec, user, paths, signal }: StationOptions): Promise<Fence | null> {
  const allowed = (): Promise<void> => requireWritable(bare, user, paths.conf, signal);
  if (plan.confine === 'off') return allowed().then(() => null);
  const { fence, why } = await putUpFence({
    user: bare,
    admin: new LocalHost({ user: chooseSelf(), fence: null, env: {} }),
    fenced: (tried) => new LocalHost({ user, fence: tried, env: {} }),
    home: user.home,
    spec,
    paths,
    mounts: plan.mounts,
    usesIoUring: plan.settings['io_method'] === 'io_uring',
    hidden: [...runningDataDirectories(paths.root)].filter((path) => !path.startsWith(`${paths.root}/`)),
  });
  // A fence that was tried has shown that this user can write there.
  if (fence === null) await allowed();
  signal.throwIfAborted();
  if (fence === null) refuseUnfenced(spec, why);
  return fence;
}

async function requireWritable(bare: LocalHost, user: RunUser, path: string, signal: AbortSignal): Promise<void> {
  const { exitCode } = await bare.run(['test', '-w', path], { signal });
  signal.throwIfAborted();
  if (exitCode === 0) return;
  throw new DrillError('scratch-not-writable', `the user ${user.name}, who runs the drill, cannot write to ${path}`, {
    hint: 'name a scratch directory that this user may pass through to with --scratch',
  });
}

function refuseUnfenced(spec: SandboxSpec, why: string): void {
  const production = spec.productionPaths.find(({ path, local }) => local && existsSync(path));
  if (!production) return;
  throw new DrillError(
    'confinement-unavailable',
    `the copy cannot be fenced off from production at ${production.path} on this machine: ${shortened(why, 300)}`,
    {
      hint: 'install bubblewrap and allow unprivileged user namespaces; or drill on another machine; or set confine: off in the plan and accept the risk',
    },
  );
}
