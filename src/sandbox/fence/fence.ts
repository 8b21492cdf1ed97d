import type { Fence, Role } from '../../host/fence.ts';
import type { RunPaths } from '../../host/run-paths.ts';
import { FILES_OF_ETC, FILES_OF_NETWORK, OTHER_SYSTEM_PATHS, PRIVATE_PATHS } from './allow-list.ts';
import type { FenceMachine } from './machine.ts';

/** What a run's fence is made of. */
export interface FencePlan {
  readonly machine: FenceMachine;
  /** Null: of a place that has no run, such as a trial of bubblewrap. */
  readonly paths: RunPaths | null;
  /** A file with the filter of system calls, as `bwrap --seccomp` reads it; null: there is none for this machine. */
  readonly filter: string | null;
  /** Repositories on disk that the run reads. */
  readonly repositories: readonly string[];
  /** The repository is reached by network. */
  readonly network: boolean;
  /** What pgBackRest reads besides, to reach and open the repository: keys, sockets of agents, tokens. */
  readonly keys: readonly string[];
  /** What the plan shows to the server and to checks, read-only. */
  readonly mounts: readonly string[];
  /** Directories that nobody sees, though what they lie in is shown: production's, or a repository's in /usr. */
  readonly hidden: readonly string[];
}

/**
 * Fences programs off by bubblewrap: the root is built from nothing, of an allow-list. What is not named is not there: no
 * home directory, no socket, no other process, no network but for pgBackRest where the repository takes one. The kernel
 * holds this, not our configuration. All that a program starts ends with it: the namespace of processes is its own.
 *
 * bubblewrap dies with whoever started it, and its namespace with bubblewrap. What is to outlive pgdrill is started by a
 * shell that waits for it.
 */
export function fenceOf(plan: FencePlan): Fence {
  const system = systemWords(plan);
  return ({ role, outlive, reads, cwd }) => [
    ...starter(plan.filter, outlive, role),
    'bwrap',
    '--unshare-user',
    ...(plan.machine.disablesUserNamespaces ? ['--disable-userns'] : []),
    '--unshare-pid',
    '--unshare-ipc',
    '--unshare-uts',
    '--unshare-cgroup-try',
    ...(hasNetwork(plan, role) ? [] : ['--unshare-net']),
    '--new-session',
    '--die-with-parent',
    '--cap-drop',
    'ALL',
    ...(plan.filter === null ? [] : ['--seccomp', '3']),
    ...system,
    ...(hasNetwork(plan, role) ? seen(FILES_OF_NETWORK) : []),
    ...(role === 'pgbackrest' ? seen([...plan.repositories, ...plan.machine.repositoryLinks, ...plan.keys]) : []),
    ...(role === 'server' || role === 'check' ? seen(plan.mounts) : []),
    ...(plan.paths === null ? [] : ownWords(plan.paths, role)),
    ...seen(reads),
    // Empty where nothing of it is named.
    ...(cwd === null ? [] : ['--dir', cwd]),
    '--remount-ro',
    '/',
    '--remount-ro',
    '/proc',
    '--chdir',
    cwd ?? '/',
    '--',
    ...(role === 'server' ? LIMITED : []),
  ];
}

/**
 * How many processes the server may have. Linux 5.14 and newer count those of a user namespace for themselves; an older
 * one would count production's with them when it is of the same user, so there is no limit there.
 */
const LIMITED: readonly string[] = [
  'sh',
  '-c',
  `case $(uname -r) in 5.1[4-9]*|[6-9].*|[1-9][0-9].*) exec prlimit --nproc=2048 -- "$@" ;; esac
  exec "$@"`,
  'sh',
];

function hasNetwork({ network }: FencePlan, role: Role): boolean {
  return network && role === 'pgbackrest';
}

/**
 * Sets what a program in the fence could not take back: when memory runs out, the kernel ends the copy first, and a crash
 * leaves no image of its memory. A limit of one byte is what Linux knows for that, also where a program of the machine
 * takes such images (core(5)). Opens the filter as descriptor 3; waits for what is to go on when this process ends.
 */
function starter(filter: string | null, outlive: boolean, role: Role): string[] {
  const open = filter === null ? '' : 'exec 3<"$0" || exit; ';
  const first = role === 'server' ? 'echo 1000 >/proc/self/oom_score_adj; ' : '';
  // Where the hard limit is none at all already, nobody but root may raise it to that byte.
  const core = 'prlimit --pid $$ --core=1 2>/dev/null || ulimit -c 0; ';
  const start = outlive ? '"$@"; exit $?' : 'exec "$@"';
  return ['sh', '-c', `${open}${first}${core}${start}`, filter ?? 'sh'];
}

function systemWords({ machine, hidden }: FencePlan): string[] {
  const shown = ['/usr', ...machine.programs, ...OTHER_SYSTEM_PATHS];
  const covered = hidden.filter((path) => shown.some((directory) => path.startsWith(`${directory}/`)));
  return [
    ...PRIVATE_PATHS.flatMap((path) => ['--tmpfs', path]),
    '--symlink',
    '../run',
    '/var/run',
    '--proc',
    '/proc',
    '--dev',
    '/dev',
    '--ro-bind',
    '/usr',
    '/usr',
    ...machine.links.flatMap(([path, target]) => ['--symlink', target, path]),
    ...seen([...machine.programs, ...OTHER_SYSTEM_PATHS, ...FILES_OF_ETC]),
    ...covered.flatMap((path) => ['--tmpfs', path]),
  ];
}

/** What of the run's own directories a role works in. pgBackRest's configuration, with its secrets, is its alone. */
function ownWords(paths: RunPaths, role: Role): string[] {
  const { data, tablespaces, sockets, conf, secrets, spool, lock, log, feed, temp } = paths;
  const writable: Record<Role, readonly string[]> = {
    pgbackrest: [data, tablespaces, spool, lock, log, feed],
    server: [data, tablespaces, sockets, log, feed, temp],
    check: [sockets, temp],
    tool: [data, tablespaces, sockets, conf, spool, log, feed, temp],
  };
  const readable: Partial<Record<Role, readonly string[]>> = { pgbackrest: [secrets], server: [conf] };
  return [...writable[role].flatMap((path) => ['--bind-try', path, path]), ...seen(readable[role] ?? [])];
}

function seen(paths: readonly string[]): string[] {
  return paths.flatMap((path) => ['--ro-bind-try', path, path]);
}
