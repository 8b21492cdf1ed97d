import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { lstat, realpath, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DrillError, messageOf } from '../core/errors.ts';
import { timerMs } from '../core/timer.ts';
import { REMOVE } from './exec-scripts.ts';
import { notFenced, type Fence, type FenceRequest, type Role } from './fence.ts';
import {
  LARGEST_OUTPUT,
  tooMuchOutput,
  type Daemon,
  type DaemonOptions,
  type ExitStatus,
  type Host,
  type ReadOptions,
  type Room,
  type RunOptions,
  type RunResult,
} from './host.ts';
import { followLines } from './line-follower.ts';
import { LineSplitter } from './line-splitter.ts';
import { createDirectory, createFile, openFile } from './local-files.ts';
import { writing } from './place-fault.ts';
import { readText } from './read-text.ts';
import { Tail } from './tail.ts';
import { currentUser, type RunUser } from './run-user.ts';

interface LocalHostOptions {
  /** Who runs the commands; when it is not the current user, that one is root. */
  readonly user: RunUser;
  /** Null: commands are not fenced off. */
  readonly fence: Fence | null;
  readonly env: Readonly<Record<string, string>>;
  /** Variables that pgBackRest alone gets: what it takes to reach and open the repository. */
  readonly credentials?: Readonly<Record<string, string>>;
}

/** Whoever holds the output of a program open when that has ended for so long is not waited for. */
const OUTPUT_GRACE_MS = 2000;

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

  #environment(role: Role): Record<string, string> {
    return role === 'pgbackrest' ? { ...this.#env, ...this.#options.credentials } : { ...this.#env };
  }

  async run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    const { execa } = await import('execa');
    const { onLine, signal, deadlineMs, role = 'tool', reads = [], cwd = null } = options;
    const fenced = this.#fenced(argv, { role, outlive: false, reads, cwd });
    const [program = '', ...rest] = [...this.#asUser([]), ...fenced];
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
    const running = execa(program, rest, {
      reject: false,
      stdin: 'ignore',
      env: { ...this.#environment(role), ...options.env },
      extendEnv: false,
      killDescendants: true,
      forceKillAfterDelay: 5000,
      stripFinalNewline: false,
      maxBuffer: LARGEST_OUTPUT,
      ...(onLine ? { buffer: false, stdout: [lines('out', options.lineEnd)], stderr: [lines('err')] } : {}),
      ...(cwd === null || this.#options.fence ? {} : { cwd }),
      ...(signal ? { cancelSignal: signal } : {}),
      ...(deadlineMs === undefined ? {} : { timeout: timerMs(deadlineMs) }),
    });
    leaveOutput(running.nodeChildProcess);
    const result = await running;
    const errors = onLine ? tails.err.text : (result.stderr ?? '');
    if (result.isMaxBuffer) throw tooMuchOutput(argv);
    if (
      result.code !== undefined &&
      result.exitCode === undefined &&
      result.signal === undefined &&
      !result.isCanceled
    ) {
      throw notStarted(argv, result.code);
    }
    const unfenced = result.exitCode === 1 && this.#options.fence ? notFenced(errors) : null;
    if (unfenced) throw unfenced;
    return {
      exitCode: result.exitCode ?? null,
      signal: result.signal ?? null,
      stdout: onLine ? tails.out.text : (result.stdout ?? ''),
      stderr: errors,
      timedOut: result.timedOut,
      cancelled: result.isCanceled,
      durationMs: Math.round(result.durationMs),
    };
  }

  async start(argv: readonly string[], options: DaemonOptions): Promise<Daemon> {
    const { role, outlive = false, logPath } = options;
    const fenced = this.#fenced(argv, { role, outlive, reads: [], cwd: null });
    // The death signal is set after the change of user, which would take it back.
    const [program = '', ...rest] = [...this.#asUser(outlive ? [] : [DIES_WITH_US]), ...fenced];
    const log = await writing(logPath, () => createFile(logPath, 0o600, this.#otherUser));
    const child = spawn(program, rest, {
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      env: { ...this.#environment(role), ...options.env },
    });
    const exited = new Promise<ExitStatus>((resolve) => {
      child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }));
      child.once('error', () => resolve({ exitCode: null, signal: null }));
    });
    const spawned = new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error) => reject(notStarted(argv, messageOf(error))));
    });
    await Promise.all([spawned, log.close()]);
    if (options.outlive) child.unref();
    return { exited, kill: (signal) => killGroup(child.pid, signal) };
  }

  followLines(path: string, onLine: (line: string) => void): { stop(): Promise<void> } {
    return followLines(() => openFile(path, this.#options.user), onLine);
  }

  async readFile(path: string, { cut = false }: ReadOptions = {}): Promise<string | null> {
    const file = await openFile(path, this.#options.user);
    if (file === null) return null;
    try {
      return await readText(file, path, cut);
    } finally {
      await file.close();
    }
  }

  writeFile(path: string, content: string, mode: number): Promise<void> {
    return writing(path, async () => {
      const file = await createFile(path, mode, this.#otherUser);
      try {
        await file.writeFile(content);
      } finally {
        await file.close();
      }
    });
  }

  makeDirectory(path: string): Promise<void> {
    return writing(path, async () => {
      const missing: string[] = [];
      for (let directory = path; !existsSync(directory); directory = dirname(directory)) missing.unshift(directory);
      for (const directory of missing) await createDirectory(directory, this.#otherUser);
    });
  }

  /** As the user of the drill, who may not look everywhere that root may. */
  async list(path: string): Promise<string[] | null> {
    const script = 'test -d "$0" || exit 66; exec find -H "$0" -mindepth 1 -maxdepth 1 -printf "%f\\0"';
    const { exitCode, stdout, stderr } = await this.#plain(['sh', '-c', script, path]);
    if (exitCode === 66) return null;
    if (exitCode !== 0) throw new Error(`${path} cannot be listed: ${stderr.trim()}`);
    return stdout.split('\0').slice(0, -1);
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
    await execa('sh', ['-c', REMOVE, 'sh', path], { ...options, stdin: 'ignore' });
  }

  async room(path: string): Promise<Room> {
    const { bavail, bsize, ffree, files } = await statfs(path);
    return { freeBytes: bavail * bsize, freeFiles: ffree, allFiles: files };
  }

  #fenced(argv: readonly string[], request: FenceRequest): string[] {
    const { fence } = this.#options;
    return [...(fence ? fence(request) : []), ...argv];
  }

  /** A small program of the drill's user that is not fenced off. */
  #plain(argv: readonly string[]): Promise<RunResult> {
    return new LocalHost({ ...this.#options, fence: null }).run(argv);
  }

  /** setpriv (util-linux) gives up all groups of root as well, which Node's own uid option does not. */
  #asUser(options: readonly string[]): string[] {
    const user = this.#otherUser;
    const change = user ? [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--init-groups'] : [];
    const words = [...change, ...options];
    return words.length === 0 ? [] : ['setpriv', ...words, '--'];
  }
}

/** What every program gets: nothing of the user's own variables but the path, nor a time zone that would mislead. */
function baseEnvironment({ user, env }: LocalHostOptions): Record<string, string> {
  return {
    PATH: searchPath(process.env['PATH'] ?? ''),
    HOME: user.home,
    USER: user.name,
    LOGNAME: user.name,
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    ...env,
  };
}

/** Directories by their whole path alone: an empty one, or `.`, is wherever a program works, which may be the copy's. */
function searchPath(path: string): string {
  const directories = path.split(':').filter((directory) => directory.startsWith('/'));
  return directories.join(':') || '/usr/local/bin:/usr/bin:/bin';
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** A program that went into the background may hold the output of its parent open, for as long as it likes. */
function leaveOutput(child: ChildProcess): void {
  const leave = (): void => {
    child.stdout?.destroy();
    child.stderr?.destroy();
  };
  child.once('exit', () => void setTimeout(leave, OUTPUT_GRACE_MS).unref());
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
