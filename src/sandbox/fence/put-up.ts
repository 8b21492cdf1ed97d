import { join } from 'node:path';
import { DrillError, messageOf } from '../../core/errors.ts';
import type { Fence } from '../../host/fence.ts';
import type { Host } from '../../host/host.ts';
import type { RunPaths } from '../../host/run-paths.ts';
import type { SandboxSpec } from '../sandbox.ts';
import type { NamedPath } from '../path-relation.ts';
import { hiddenPaths, refuseShown } from '../shown.ts';
import { fenceOf, type FencePlan } from './fence.ts';
import { lookAtMachine } from './machine.ts';
import { seccompFilter } from './seccomp.ts';

interface FenceSite {
  /** The machine for the user of the drill, and for whoever owns the run's directory; neither is fenced off. */
  readonly user: Host;
  readonly admin: Host;
  /** The machine for the user of the drill behind a fence. */
  readonly fenced: (fence: Fence) => Host;
  /** The home directory of the user of the drill. */
  readonly home: string;
  readonly spec: Pick<
    SandboxSpec,
    | 'readPaths'
    | 'repositoryPaths'
    | 'productionPaths'
    | 'productionServers'
    | 'configFiles'
    | 'reaches'
    | 'credentialPaths'
  >;
  readonly paths: RunPaths;
  /** What the plan shows to the server and to checks. */
  readonly mounts: readonly string[];
  /** The copy was asked to use io_uring, which passes by the filter of system calls. */
  readonly usesIoUring: boolean;
  /** Data directories that are to be seen by nobody. */
  readonly hidden: readonly string[];
}

/** A fence that was tried; null: this machine refuses it, and why. */
type PutUp = { readonly fence: Fence; readonly why: null } | { readonly fence: null; readonly why: string };

/** Puts a run's fence up and tries it. Throws `plan-invalid` for something to be shown that is not there, or is to be hidden. */
export async function putUpFence(site: FenceSite): Promise<PutUp> {
  const { user, admin, home, spec, paths, mounts } = site;
  const ofRun = [paths.root, paths.secrets].map((path) => ({ path, what: 'the directory of the run' }));
  const running = site.hidden.map((path) => ({ path, what: 'the data directory of a running server' }));
  await requireShowable(user, mounts, [...hiddenPaths(spec), ...running, ...ofRun]);
  const machine = await lookAtMachine(user, spec.readPaths);
  const plan: FencePlan = {
    machine,
    paths,
    filter: await writeFilter(admin, paths.root, seccompFilter(machine.arch, site)),
    repositories: spec.readPaths,
    network: spec.reaches.length > 0,
    keys: spec.credentialPaths.map((path) => (path.startsWith('~/') ? join(home, path.slice(2)) : path)),
    mounts,
    hidden: [...site.hidden, ...spec.repositoryPaths, ...spec.productionPaths.map(({ path }) => path)],
  };
  const first = await tried(site, plan);
  // A machine may allow one namespace of users, and not the second that it takes to forbid further ones.
  if (first.fence !== null || !machine.disablesUserNamespaces) return first;
  const second = await tried(site, { ...plan, machine: { ...machine, disablesUserNamespaces: false } });
  return second.fence === null ? first : second;
}

/** Directories that a fence is made against. */
const NEVER_SHOWN = [
  '/',
  '/etc',
  '/home',
  '/root',
  '/run',
  '/var',
  '/var/run',
  '/var/lib',
  '/tmp',
  '/proc',
  '/sys',
  '/dev',
];

async function requireShowable(user: Host, mounts: readonly string[], hidden: readonly NamedPath[]): Promise<void> {
  if (mounts.length === 0) return;
  const resolve = async (path: string): Promise<string> =>
    (await user.run(['readlink', '-m', '--', path])).stdout.trim() || path;
  const resolved = await Promise.all(hidden.map(async ({ path, what }) => ({ path: await resolve(path), what })));
  for (const path of mounts) {
    const real = (await user.run(['readlink', '-e', '--', path])).stdout.trim();
    const why = real === '' ? 'is not there' : NEVER_SHOWN.includes(real) ? 'holds what the fence is to hide' : null;
    if (why !== null) {
      throw new DrillError('plan-invalid', `sandbox.mounts: ${path} ${why}`, {
        hint: 'name the directory with the programs or files that checks need',
      });
    }
    refuseShown({ path, real }, resolved);
  }
}

async function writeFilter(admin: Host, directory: string, filter: Buffer | null): Promise<string | null> {
  if (filter === null) return null;
  const path = `${directory}/fence.bpf`;
  await admin.writeFile(path, filter, 0o644);
  return path;
}

async function tried({ fenced, paths }: FenceSite, plan: FencePlan): Promise<PutUp> {
  const fence = fenceOf(plan);
  try {
    const { exitCode, stderr } = await fenced(fence).run(['test', '-w', paths.conf]);
    return exitCode === 0
      ? { fence, why: null }
      : { fence: null, why: stderr.trim() || `exit status ${exitCode ?? '?'}` };
  } catch (error) {
    return { fence: null, why: messageOf(error) };
  }
}
