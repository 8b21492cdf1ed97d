import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { dirname, isAbsolute } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A process of this machine, as far as this user may see it. */
export interface ProcessInfo {
  readonly pid: number;
  readonly argv: readonly string[];
  /** Null when it belongs to somebody else. */
  readonly cwd: string | null;
}

function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

/** All processes, from /proc. */
export function processes(): ProcessInfo[] {
  const pids = (attempt(() => readdirSync('/proc')) ?? []).filter((name) => /^\d+$/.test(name)).map(Number);
  return pids.flatMap((pid) => {
    const command = attempt(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
    if (!command) return [];
    return [{ pid, argv: command.split('\0').slice(0, -1), cwd: attempt(() => readlinkSync(`/proc/${pid}/cwd`)) }];
  });
}

/** Which directory a path leads to, whoever's mounts it is seen through; null when that cannot be seen. */
function identity(path: string): string | null {
  const found = attempt(() => statSync(path));
  return found && `${found.dev}:${found.ino}`;
}

/**
 * The data directories of the PostgreSQL servers that run here, as paths of this process: a server works in its data
 * directory. What is known to have no PG_VERSION is none: `postgres --version` works wherever it was started. A server in a container
 * knows its own under a path that means nothing here; it is found when `scratch` lies in it.
 */
export function runningDataDirectories(scratch: string): string[] {
  return processes().flatMap(({ pid, argv, cwd }) => {
    if (!/(^|\/)(postgres|postmaster)(:|$)/.test(argv[0]?.split(' ')[0] ?? '')) return [];
    const option = argv.includes('-D') ? argv[argv.indexOf('-D') + 1] : undefined;
    const root = `/proc/${pid}/root`;
    const named = option && isAbsolute(option) ? [{ path: option, seen: root + option }] : [];
    if (identity(root) === null) return named.map(({ path }) => path);
    const worked = cwd === null ? [] : [{ path: cwd, seen: `/proc/${pid}/cwd` }];
    return [...worked, ...named].flatMap(({ path, seen }) => pathFromHere(path, seen, scratch));
  });
}

/** Where a directory is for this process that another one calls `path`, and that `seen` leads to. */
function pathFromHere(path: string, seen: string, scratch: string): string[] {
  if (isAbsent(`${seen}/PG_VERSION`)) return [];
  const directory = identity(seen);
  if (directory === null) return [path];
  return [path, ...withParents(scratch)].filter((candidate) => identity(candidate) === directory).slice(0, 1);
}

/** Known not to be there; what cannot be seen may be. */
function isAbsent(path: string): boolean {
  try {
    statSync(path);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

function withParents(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [path] : [path, ...withParents(parent)];
}

/** The programs that a drill starts; a shell or an editor of the user's in a run directory is none of them. */
const PROGRAMS = /^(postgres|pgbackrest|bwrap|setpriv|sha1sum|pg_ctl|pg_controldata|pg_waldump)$/;

/** The processes of a drill that work in a directory or name it in their arguments. */
export function processesOf(directory: string): ProcessInfo[] {
  const named = new RegExp(`(^|[=:'" ])${RegExp.escape(directory)}(/|$|['" ])`);
  const meant = identity(directory);
  return processes().filter(({ pid, argv, cwd }) => {
    const program = (argv[0] ?? '').replace(/:.*$/, '').split('/').at(-1) ?? '';
    const ofDrill = PROGRAMS.test(program) || argv.some((word) => /\/wal-(feed|ask|serve)\.sh$/.test(word));
    const inside = cwd === directory || cwd?.startsWith(`${directory}/`);
    if (!ofDrill || !(inside || argv.some((word) => named.test(word)))) return false;
    // A container may have a directory of the same name.
    const theirs = identity(`/proc/${pid}/root${directory}`);
    return theirs === null || theirs === meant;
  });
}

const STOP_MS = 5000;

/**
 * Ends every process of a directory: an immediate shutdown for a server, so that it removes its shared memory, and
 * SIGKILL for what is still there then. Returns the processes that could not be ended.
 */
export async function killProcessesOf(directory: string): Promise<ProcessInfo[]> {
  const started = Date.now();
  for (let round = 0; ; round += 1) {
    const left = processesOf(directory);
    const elapsed = Date.now() - started;
    if (left.length === 0 || elapsed > 2 * STOP_MS) return left;
    if (round === 0) left.filter(isServer).forEach(({ pid }) => signal(pid, 'SIGQUIT'));
    if (elapsed > STOP_MS || !left.some(isServer)) left.forEach(({ pid }) => signal(pid, 'SIGKILL'));
    await delay(50);
  }
}

function isServer({ argv }: ProcessInfo): boolean {
  return /(^|\/)postgres$/.test(argv[0] ?? '');
}

function signal(pid: number, name: NodeJS.Signals): void {
  attempt(() => process.kill(pid, name));
}
