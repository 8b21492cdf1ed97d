import { awaitedLater } from '../../core/awaited-later.ts';
import { DrillError } from '../../core/errors.ts';
import { confinementBy } from '../fence/confinement.ts';
import { putUpFence } from '../fence/put-up.ts';
import { ExecHost } from '../../host/exec-host.ts';
import type { Outside } from '../../host/outside.ts';
import type { RunPaths } from '../../host/run-paths.ts';
import type { SshPlan } from './schema.ts';
import { takeKeptData } from '../kept-data.ts';
import { layOut } from '../layout.ts';
import { MACHINE_SCRIPT, machineFactsIn, valueIn } from '../machine-text.ts';
import { outsideOf } from '../outside.ts';
import type { SandboxSpec, ServerFacts, Station } from '../sandbox.ts';
import type { Supervisor } from './supervisor/supervisor.ts';

interface StationOptions {
  readonly supervisor: Supervisor;
  readonly plan: SshPlan;
  readonly spec: SandboxSpec;
  /** Read when the report is written, since the connection may break until then. */
  readonly server: () => ServerFacts;
}

/**
 * Chooses who restores and recovers, as on this machine: who logs in, or for root who was asked for, who owns the
 * repository, or postgres. Makes the directories of the run, theirs alone. Arguments: who was asked for, the run's
 * directory and the one in memory, the repositories on disk.
 */
const SETTLE = `set -u; umask 077
  asked=$1 root=$2 memory=$3; shift 3
  uid=$(id -u)
  if [ "$uid" -eq 0 ]; then
    uid=
    if [ -n "$asked" ]; then uid=$(id -u "$asked" 2>/dev/null) || { echo "$asked is no user of the server" >&2; exit 1; }
    else
      for repository; do owner=$(stat -c %u "$repository" 2>/dev/null) && [ "$owner" -ne 0 ] && uid=$owner && break; done
      [ -n "$uid" ] || uid=$(id -u postgres 2>/dev/null) || uid=65534
    fi
    [ "$uid" -ne 0 ] || { echo "PostgreSQL refuses to be run by root" >&2; exit 1; }
  fi
  gid=$(id -g "$uid" 2>/dev/null) || gid=$uid
  name=$(id -un "$uid" 2>/dev/null) || name=
  # Who owns a directory may put a link in the place of what is in it, and have root give away what it leads to.
  mkdir -p "$memory/own" && chmod 755 "$memory/own" || exit 1
  give() {
    mkdir -p "$@" && chmod 700 "$@" || exit 1
    [ "$(id -u)" -ne 0 ] || chown "$uid:$gid" "$@" || exit 1
  }
  give "$root/data" "$root/ts" "$root/spool" "$root/log" "$root/tmp" \\
    "$memory/own/s" "$memory/own/conf" "$memory/own/secrets" "$memory/own/lock" "$memory/own/feed" "$memory/own/notes"
  echo "uid=$uid"; echo "gid=$gid"; echo "user=$name"; echo "home=$(getent passwd "$uid" | cut -d: -f6)"
  for repository; do [ ! -d "$repository" ] || echo "repository=$repository"; done
  ${MACHINE_SCRIPT}
  grep '^oom_kill ' /proc/vmstat || true`;

/** A place on a server for a drill, and what was seen while it was made. */
export interface ServerStation extends Station {
  /** A data directory of an earlier run is there. */
  readonly hasKeptData: boolean;
  /** What the copy must neither see nor reach of the server; it is looked at meanwhile. */
  readonly outside: Promise<Outside>;
  /** Why the server refuses a fence; null: there is one, or none is wanted. */
  readonly whyUnfenced: string | null;
  /** Starts programs as the drill's user, not fenced off: for the way to the instance. */
  readonly plainStart: Supervisor['exec'];
}

/** The directories of a run on a server. In memory, beside what is the supervisor's, there is one for who works there. */
function pathsOf({ root, memory }: Pick<Supervisor, 'root' | 'memory'>): RunPaths {
  return layOut({ disk: root, memory: `${memory}/own` });
}

/** Where a run's directories are on a server that was not asked yet, if root logs in. */
export function usualPaths(plan: SshPlan, runId: string): RunPaths {
  return pathsOf({ root: `${plan.scratch ?? '/var/lib/pgdrill'}/${runId}`, memory: `/run/pgdrill/${runId}` });
}

/** The server as its supervisor sees it: root, where it may be. */
export function adminHost(supervisor: Supervisor): ExecHost {
  return new ExecHost({
    start: (request) => supervisor.exec(request),
    where: 'on the server',
    notes: supervisor.memory,
    env: {},
  });
}

/** Makes a place for a drill on a server. May be asked again, when PostgreSQL's packages have brought a user for it. */
export async function settleOn({ supervisor, plan, spec, server }: StationOptions): Promise<ServerStation> {
  const admin = adminHost(supervisor);
  const paths = pathsOf(supervisor);
  const words = [plan.runAs ?? '', supervisor.root, supervisor.memory, ...spec.repositoryPaths];
  const { exitCode, stdout, stderr } = await admin.run(['sh', '-c', SETTLE, 'sh', ...words]);
  if (exitCode !== 0) {
    throw (
      supervisor.lost ?? new DrillError('scratch-not-writable', `the run has no place on the server: ${stderr.trim()}`)
    );
  }
  refuseLostRepository(spec, stdout);
  const hasKeptData = plan.reuse && (await takeKeptData(admin, paths));
  const [uid, gid, name] = ['uid', 'gid', 'user'].map((key) => valueIn(stdout, key));
  const asUser = (outlive: boolean): string[] => [
    'setpriv',
    ...(supervisor.uid === 0 ? [`--reuid=${uid}`, `--regid=${gid}`, name ? '--init-groups' : '--clear-groups'] : []),
    ...(outlive ? [] : ['--pdeathsig=QUIT']),
    '--',
  ];
  const common = {
    start: (request: Parameters<Supervisor['exec']>[0]) => supervisor.exec(request),
    where: 'on the server',
    notes: `${supervisor.memory}/own/notes`,
    env: { TMPDIR: paths.temp },
    asUser,
  };
  const bare = new ExecHost(common);
  const { fence, why } =
    plan.confine === 'off'
      ? { fence: null, why: null }
      : await putUpFence({
          user: bare,
          admin,
          fenced: (tried) => new ExecHost({ ...common, fence: tried }),
          home: valueIn(stdout, 'home') || '/',
          spec,
          paths,
          mounts: plan.mounts,
          usesIoUring: plan.settings['io_method'] === 'io_uring',
          hidden: [],
        });
  const exists = async (path: string): Promise<boolean> => (await admin.run(['test', '-e', path])).exitCode === 0;
  const user = name || (uid ?? '');
  const oomKills = valueIn(stdout, 'oom_kill');
  return {
    host: fence === null ? bare : new ExecHost({ ...common, fence }),
    paths,
    hasKeptData,
    whyUnfenced: why,
    plainStart: (request) => supervisor.exec({ ...request, argv: [...asUser(false), ...request.argv] }),
    facts: {
      ...machineFactsIn(stdout),
      kind: plan.kind,
      user,
      confinement: confinementBy(fence, { isRoot: uid === '0', mounts: plan.mounts }),
      container: null,
      get server() {
        return server();
      },
    },
    outside: awaitedLater(outsideOf(admin, spec, { shared: [], exists })),
    blame: () => blameServer(supervisor, oomKills),
  };
}

/** A repository on a disk is there after the loss of production only if the server has that disk too. */
function refuseLostRepository({ readPaths }: SandboxSpec, seen: string): void {
  const missing = readPaths.find((path) => !seen.split('\n').includes(`repository=${path}`));
  if (missing !== undefined) throw lostRepository(missing);
}

/** The reason for which a configuration of a production host is no good on another server. */
export function lostRepository(path: string): DrillError {
  return new DrillError(
    'repo-not-on-server',
    `the repository ${path} is a directory of the production host: with that host it would be lost as well`,
    {
      hint: 'drill a repository that another machine can reach (source.repo), or mount the disk at the same path on the server',
    },
  );
}

/** The kernel counts what it killed for want of memory (Linux 4.13); nothing else tells of it to everybody. */
async function blameServer(supervisor: Supervisor, oomKillsBefore: string): Promise<DrillError | null> {
  if (supervisor.lost) return supervisor.lost;
  const now = valueIn((await adminHost(supervisor).run(['cat', '/proc/vmstat'])).stdout, 'oom_kill');
  if (supervisor.lost) return supervisor.lost;
  if (now === '' || Number(now) <= Number(oomKillsBefore)) return null;
  return new DrillError('out-of-memory', 'the memory of the server was not enough: the kernel killed a process', {
    hint: 'a larger server, or a lower shared_buffers with sandbox.settings',
  });
}
