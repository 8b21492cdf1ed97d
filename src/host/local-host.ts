import { existsSync } from 'node:fs';
import { lstat, realpath, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { REMOVE } from './exec-scripts.ts';
import { notFenced, type Fence, type FenceRequest, type Role } from './fence.ts';
import type { Daemon, DaemonOptions, Host, ReadOptions, Room, RunOptions, RunResult } from './host.ts';
import { followLines } from './line-follower.ts';
import { createDirectory, createFile, openFile } from './local-files.ts';
import { writing } from './place-fault.ts';
import { readText } from './read-text.ts';
import { runProgram } from './run-program.ts';
import { currentUser, type RunUser } from './run-user.ts';
import { startDaemon } from './start-program.ts';

interface LocalHostOptions {
  /** Who runs the commands; when it is not the current user, that one is root. */
  readonly user: RunUser;
  /** Null: commands are not fenced off. */
  readonly fence: Fence | null;
  readonly env: Readonly<Record<string, string>>;
  /** Variables that pgBackRest alone gets: what it takes to reach and open the repository. */
  readonly credentials?: Readonly<Record<string, string>>;
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

  #environment(role: Role): Record<string, string> {
    return role === 'pgbackrest' ? { ...this.#env, ...this.#options.credentials } : { ...this.#env };
  }

  async run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    const { role = 'tool', reads = [], cwd = null, env, ...rest } = options;
    const { fence } = this.#options;
    const words = [...this.#asUser([]), ...this.#fenced(argv, { role, outlive: false, reads, cwd })];
    const result = await runProgram(words, {
      ...rest,
      name: argv[0],
      env: { ...this.#environment(role), ...env },
      ...(cwd === null || fence ? {} : { cwd }),
    });
    const unfenced = result.exitCode === 1 && fence ? notFenced(result.stderr) : null;
    if (unfenced) throw unfenced;
    return result;
  }

  async start(argv: readonly string[], options: DaemonOptions): Promise<Daemon> {
    const { role, outlive = false, logPath } = options;
    const fenced = this.#fenced(argv, { role, outlive, reads: [], cwd: null });
    // The death signal is set after the change of user, which would take it back.
    const words = [...this.#asUser(outlive ? [] : [DIES_WITH_US]), ...fenced];
    const log = await writing(logPath, () => createFile(logPath, 0o600, this.#otherUser));
    const env = { ...this.#environment(role), ...options.env };
    const [daemon] = await Promise.all([
      startDaemon(words, { env, name: argv[0], output: log.fd, outlive }),
      log.close(),
    ]);
    return daemon;
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

  writeFile(path: string, content: string | Uint8Array, mode: number): Promise<void> {
    return writing(path, async () => {
      const file = await createFile(path, mode, this.#otherUser);
      try {
        await file.writeFile(content);
      } finally {
        await file.close();
      }
    });
  }

  async writeFiles(files: Readonly<Record<string, string>>, mode: number): Promise<void> {
    for (const [path, content] of Object.entries(files)) await this.writeFile(path, content, mode);
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

  async remove(path: string | readonly string[], signal?: AbortSignal): Promise<void> {
    const paths = typeof path === 'string' ? [path] : path;
    const { exitCode, stderr } = await runProgram(['sh', '-c', REMOVE, 'sh', ...paths], {
      env: this.#env,
      ...(signal ? { signal } : {}),
    });
    if (exitCode !== 0) throw new Error(`${paths.join(', ')} cannot be removed: ${stderr.trim()}`);
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

/**
 * What every program gets. Of the user's own variables it gets only the path. The time zone is UTC, since another would
 * mislead.
 */
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

/**
 * Only directories with a whole path: an empty one, or `.`, is the directory in which a program works, and that may be the
 * copy's.
 */
function searchPath(path: string): string {
  const directories = path.split(':').filter((directory) => directory.startsWith('/'));
  return directories.join(':') || '/usr/local/bin:/usr/bin:/bin';
}

function isAbsent(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
