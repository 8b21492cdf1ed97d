import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { chmod, chown, lstat, mkdir, readdir, readFile, realpath, statfs, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DrillError, messageOf } from '../core/errors.ts';
import { timerMs } from '../core/timer.ts';
import { confine, type Confinement } from './confinement.ts';
import {
  LARGEST_OUTPUT,
  tooMuchOutput,
  type Daemon,
  type DaemonOptions,
  type ExitStatus,
  type Host,
  type RunOptions,
  type RunResult,
} from './host.ts';
import { followLines } from './line-follower.ts';
import { LineSplitter } from './line-splitter.ts';
import { Tail } from './tail.ts';
import { currentUser, type RunUser } from './run-user.ts';

interface LocalHostOptions {
  /** Who runs the commands; when it is not the current user, that one is root. */
  readonly user: RunUser;
  /** Null: commands are not fenced off. */
  readonly confinement: Confinement | null;
  readonly env: Readonly<Record<string, string>>;
}

/** The kernel signals a daemon when pgdrill is gone, even by `kill -9`. SIGQUIT shuts a server down at once. */
const DIES_WITH_US = '--pdeathsig=QUIT';

/** This machine. Everything that it makes belongs to the user of the drill. */
export class LocalHost implements Host {
  readonly #options: LocalHostOptions;
  readonly #env: Readonly<Record<string, string>>;
  readonly #otherUser: RunUser | null;

  constructor(options: LocalHostOptions) {
    this.#options = options;
    this.#otherUser = options.user.uid === currentUser().uid ? null : options.user;
    this.#env = baseEnvironment(options);
  }

  async run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    const { execa } = await import('execa');
    const [program = '', ...rest] = [...this.#asUser([]), ...this.#fenced(argv, false, options.offline === true)];
    const { onLine, signal, deadlineMs } = options;
    const tails = { out: new Tail(), err: new Tail() };
    const lines = (stream: 'out' | 'err', end?: string) => {
      const splitter = new LineSplitter((line) => {
        tails[stream].push(line);
        onLine?.(line, stream);
      }, end);
      return {
        binary: true,
        // oxlint-disable-next-line require-yield -- a transform that yields nothing keeps nothing in memory
        *transform(piece: unknown): Generator<string> {
          splitter.push(piece as Uint8Array);
        },
        // oxlint-disable-next-line require-yield -- as above
        *final(): Generator<string> {
          splitter.end();
        },
      };
    };
    const result = await execa(program, rest, {
      reject: false,
      stdin: 'ignore',
      env: { ...this.#env, ...options.env },
      extendEnv: false,
      killDescendants: true,
      forceKillAfterDelay: 5000,
      stripFinalNewline: false,
      maxBuffer: LARGEST_OUTPUT,
      ...(onLine ? { buffer: false, stdout: [lines('out', options.lineEnd)], stderr: [lines('err')] } : {}),
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(signal ? { cancelSignal: signal } : {}),
      ...(deadlineMs === undefined ? {} : { timeout: timerMs(deadlineMs) }),
    });
    if (result.isMaxBuffer) throw tooMuchOutput(argv);
    if (
      result.code !== undefined &&
      result.exitCode === undefined &&
      result.signal === undefined &&
      !result.isCanceled
    ) {
      throw notStarted(argv, result.code);
    }
    return {
      exitCode: result.exitCode ?? null,
      signal: result.signal ?? null,
      stdout: onLine ? tails.out.text : (result.stdout ?? ''),
      stderr: onLine ? tails.err.text : (result.stderr ?? ''),
      timedOut: result.timedOut,
      cancelled: result.isCanceled,
      durationMs: Math.round(result.durationMs),
    };
  }

  async start(argv: readonly string[], options: DaemonOptions): Promise<Daemon> {
    const [program = '', ...rest] = this.#daemonCommand(argv, options);
    await this.writeFile(options.logPath, '', 0o600);
    const log = openSync(options.logPath, 'a');
    const child = spawn(program, rest, {
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...this.#env, ...options.env },
    });
    closeSync(log);
    const exited = new Promise<ExitStatus>((resolve) => {
      child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }));
      child.once('error', () => resolve({ exitCode: null, signal: null }));
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error) => reject(notStarted(argv, messageOf(error))));
    });
    if (options.outlive) child.unref();
    return { exited, kill: (signal) => killGroup(child.pid, signal) };
  }

  followLines(path: string, onLine: (line: string) => void): { stop(): Promise<void> } {
    return followLines(path, onLine);
  }

  async readFile(path: string): Promise<string | null> {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      if (isAbsent(error)) return null;
      throw error;
    }
  }

  async writeFile(path: string, content: string, mode: number): Promise<void> {
    await writeFile(path, content, { mode });
    await chmod(path, mode);
    await this.#give(path);
  }

  async makeDirectory(path: string): Promise<void> {
    const first = await mkdir(path, { recursive: true, mode: 0o700 });
    if (first === undefined) return;
    for (let made = path; made.length >= first.length; made = dirname(made)) await this.#give(made);
  }

  async list(path: string): Promise<string[] | null> {
    try {
      return await readdir(path);
    } catch (error) {
      if (isAbsent(error)) return null;
      throw error;
    }
  }

  async resolveLink(path: string): Promise<string | null> {
    try {
      return (await lstat(path)).isSymbolicLink() ? await realpath(path) : null;
    } catch (error) {
      if (isAbsent(error)) return null;
      throw error;
    }
  }

  async remove(path: string, signal?: AbortSignal): Promise<void> {
    const { execa } = await import('execa');
    const options = signal ? { cancelSignal: signal } : {};
    await execa('rm', ['-rf', '--one-file-system', '--', path], { ...options, stdin: 'ignore' });
  }

  async freeBytes(path: string): Promise<number> {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  }

  /** The death signal is set after the change of user, which would take it back. */
  #daemonCommand(argv: readonly string[], { outlive = false, offline = false }: DaemonOptions): string[] {
    return [...this.#asUser(outlive ? [] : [DIES_WITH_US]), ...this.#fenced(argv, outlive, offline)];
  }

  #fenced(argv: readonly string[], outlive: boolean, offline: boolean): string[] {
    const { confinement } = this.#options;
    return [...(confinement ? confine(confinement, { outlive, offline }) : []), ...argv];
  }

  /** setpriv (util-linux) gives up all groups of root as well, which Node's own uid option does not. */
  #asUser(options: readonly string[]): string[] {
    const user = this.#otherUser;
    const change = user ? [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--init-groups'] : [];
    const words = [...change, ...options];
    return words.length === 0 ? [] : ['setpriv', ...words, '--'];
  }

  async #give(path: string): Promise<void> {
    if (this.#otherUser) await chown(path, this.#otherUser.uid, this.#otherUser.gid);
  }
}

/** What commands may inherit: nothing of the user's PG* and PGBACKREST_* variables, nor a time zone that would mislead. */
function baseEnvironment({ user, env }: LocalHostOptions): Record<string, string> {
  const passed = Object.entries(process.env).filter(
    ([name, value]) => value !== undefined && (name === 'SSH_AUTH_SOCK' || name.startsWith('AWS_')),
  );
  return {
    PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: user.home,
    USER: user.name,
    LOGNAME: user.name,
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    ...(Object.fromEntries(passed) as Record<string, string>),
    ...env,
  };
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function isAbsent(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

function notStarted(argv: readonly string[], why: string): DrillError {
  return new DrillError(
    'tool-missing',
    `${argv[0] ?? ''} cannot be started: ${why === 'ENOENT' ? 'it is not installed' : why}`,
    {
      hint: 'drill doctor says what this machine lacks',
    },
  );
}
