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
    const command = commandOf(pid);
    if (command === '') return [];
    return [{ pid, argv: command.split('\0').slice(0, -1), cwd: attempt(() => readlinkSync(`/proc/${pid}/cwd`)) }];
  });
}

/** The words of a process, each with a zero byte behind it; empty once it has ended. */
function commandOf(pid: number): string {
  return attempt(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')) ?? '';
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
export function runningDataDirectories(scratch: string, listed = processes()): string[] {
  return listed
    .filter(({ argv }) => /(^|\/)(postgres|postmaster)(:|$)/.test(argv[0]?.split(' ')[0] ?? ''))
    .flatMap((server) => {
      const found = dataDirectoriesOf(server, scratch);
      // Of a process that ends while it is looked at, Linux says the same as of one that nobody may look at.
      return commandOf(server.pid) === '' ? [] : found;
    });
}

function dataDirectoriesOf({ pid, argv, cwd }: ProcessInfo, scratch: string): string[] {
  const option = argv.includes('-D') ? argv[argv.indexOf('-D') + 1] : undefined;
  const root = `/proc/${pid}/root`;
  const named = option && isAbsolute(option) ? [{ path: option, seen: root + option }] : [];
  if (identity(root) === null) return named.map(({ path }) => path);
  const worked = cwd === null ? [] : [{ path: cwd, seen: `/proc/${pid}/cwd` }];
  return [...worked, ...named].flatMap(({ path, seen }) => pathFromHere(path, seen, scratch));
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

/**
 * The variable that every program of a run carries, and whatever it starts inherits; its value is the directory of the
 * run. By it the processes of a run are known: what they call themselves, work in or wrote into a file proves nothing.
 */
export const RUN_VARIABLE = 'PGDRILL_RUN';

/** The processes that were started for runs in a directory, and their descendants. */
export function processesOf(directory: string): ProcessInfo[] {
  const all = processes();
  const meant = identity(directory);
  const found = new Set(all.filter(({ pid }) => isMarked(pid, directory) && !isElsewhere(pid, directory, meant)));
  for (let size = -1; size < found.size;) {
    size = found.size;
    const pids = new Set([...found].map(({ pid }) => pid));
    for (const each of all) if (pids.has(parentOf(each.pid) ?? 0)) found.add(each);
  }
  return [...found].filter(({ pid }) => pid !== process.pid);
}

/** A server writes its title over the variables that it was started with: it is known by its parent. */
function isMarked(pid: number, directory: string): boolean {
  const words = attempt(() => readFileSync(`/proc/${pid}/environ`, 'utf8'))?.split('\0') ?? [];
  const run = words.find((word) => word.startsWith(`${RUN_VARIABLE}=`))?.slice(RUN_VARIABLE.length + 1);
  return run !== undefined && (run === directory || run.startsWith(`${directory}/`));
}

/** In a container, with a directory of the same name. A fence of our own shows what is in the directory, not itself. */
function isElsewhere(pid: number, directory: string, meant: string | null): boolean {
  const root = `/proc/${pid}/root`;
  const theirs = identity(root + directory);
  const data = identity(`${root}${directory}/data`);
  return theirs !== null && theirs !== meant && (data === null || data !== identity(`${directory}/data`));
}

function parentOf(pid: number): number | null {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return stat === null ? null : Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
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
