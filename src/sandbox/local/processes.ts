import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
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

/** The data directories of the PostgreSQL servers that run here: a server works in its data directory. */
export function runningDataDirectories(): string[] {
  return processes().flatMap(({ argv, cwd }) => {
    if (!/(^|\/)(postgres|postmaster)(:|$)/.test(argv[0]?.split(' ')[0] ?? '')) return [];
    const option = argv[argv.indexOf('-D') + 1];
    const named = argv.includes('-D') && option !== undefined ? [option] : [];
    return cwd === null ? named : [cwd, ...named];
  });
}

/** The programs that a drill starts; a shell or an editor of the user's in a run directory is none of them. */
const PROGRAMS = /^(postgres|pgbackrest|bwrap|setpriv|sha1sum|pg_ctl|pg_controldata|pg_waldump)$/;

/** The processes of a drill that work in a directory or name it in their arguments. */
export function processesOf(directory: string): ProcessInfo[] {
  const named = new RegExp(`(^|[=:'" ])${RegExp.escape(directory)}(/|$|['" ])`);
  return processes().filter(({ argv, cwd }) => {
    const program = (argv[0] ?? '').replace(/:.*$/, '').split('/').at(-1) ?? '';
    const ofDrill = PROGRAMS.test(program) || argv.some((word) => /\/wal-(feed|ask|serve)\.sh$/.test(word));
    const inside = cwd === directory || cwd?.startsWith(`${directory}/`);
    return ofDrill && (inside || argv.some((word) => named.test(word)));
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
