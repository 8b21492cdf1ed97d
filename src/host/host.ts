import { formatBytes } from '../core/bytes.ts';
import { DrillError } from '../core/errors.ts';
import type { Role } from './fence.ts';

/** A program that prints more, and is not read line by line, is ended: `run` rejects with `output-too-large`. */
export const LARGEST_OUTPUT = 64 * 1024 * 1024;

/** What `run` rejects with for such a program. */
export function tooMuchOutput(name: string | undefined): DrillError {
  return new DrillError('output-too-large', `${name ?? 'a program'} printed more than ${formatBytes(LARGEST_OUTPUT)}`);
}

/** How a program ended. `exitCode` is null when a signal ended it. */
export interface ExitStatus {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

export interface RunResult extends ExitStatus {
  /** The whole output, which may have {@link LARGEST_OUTPUT} bytes; with `onLine` only its last lines. */
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  readonly cancelled: boolean;
  readonly durationMs: number;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Aborting it signals the whole process group, and `run` resolves once everything of it is gone. */
  readonly signal?: AbortSignal;
  readonly deadlineMs?: number;
  /** Who it is; left out: a tool. Only pgBackRest knows how to reach the repository. */
  readonly role?: Role;
  /** Files and directories that it is to read besides what its role sees. */
  readonly reads?: readonly string[];
  /** What it says is restored data, which is to be in no log. */
  readonly unrecorded?: boolean;
  /** Called for each line as it comes; the output is then not kept whole. A very long line comes in pieces. */
  readonly onLine?: (line: string, stream: 'out' | 'err') => void;
  /** With `onLine`: what a line of the standard output ends with, where that is not a line feed. */
  readonly lineEnd?: string;
}

export interface DaemonOptions {
  /** Where stdout and stderr go. */
  readonly logPath: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly role: Role;
  /** The daemon goes on when pgdrill ends (`--keep`); otherwise it dies with it, even by `kill -9`. */
  readonly outlive?: boolean;
}

export interface ReadOptions {
  readonly cut?: boolean;
}

/** A program that runs on while the drill does other things. */
export interface Daemon {
  readonly exited: Promise<ExitStatus>;
  /** Signals its whole process group. One that is fenced off is gone at once, with all that it started. */
  kill(signal: 'SIGINT' | 'SIGTERM' | 'SIGQUIT' | 'SIGKILL'): void;
}

/** What a file system can still take. */
export interface Room {
  readonly freeBytes: number;
  /** How many files; of none where `allFiles` is 0, which file systems say that count none (btrfs). */
  readonly freeFiles: number;
  readonly allFiles: number;
}

/**
 * A machine to run commands on. No shell is ever involved. `run` resolves for any exit status, judging it is the
 * caller's business; it rejects only when the program could not be started at all.
 */
export interface Host {
  run(argv: readonly string[], options?: RunOptions): Promise<RunResult>;
  start(argv: readonly string[], options: DaemonOptions): Promise<Daemon>;
  /** Calls back for every line of a growing file, from its beginning, until `stop`, which reads what is left first. */
  followLines(path: string, onLine: (line: string) => void): { stop(): Promise<void> };
  /**
   * The file's text, or null when there is no such file. No link is followed. A file that is too long is refused, or with
   * `cut` its beginning and its end are given, with a line between them that says so.
   */
  readFile(path: string, options?: ReadOptions): Promise<string | null>;
  writeFile(path: string, content: string | Uint8Array, mode: number): Promise<void>;
  /** The same for several, by their paths, in that order: elsewhere each write is a program. */
  writeFiles(files: Readonly<Record<string, string>>, mode: number): Promise<void>;
  /** Makes a directory and its missing parents, readable by its owner alone. */
  makeDirectory(path: string): Promise<void>;
  /** The names in a directory, or null when there is none. */
  list(path: string): Promise<string[] | null>;
  /** Where a symbolic link points to, resolved, or null when it is none or dangling. */
  resolveLink(path: string): Promise<string | null>;
  /** Removes a tree, or several; symbolic links in it are removed, not followed. Nothing there is no error. */
  remove(path: string | readonly string[], signal?: AbortSignal): Promise<void>;
  /** What the file system of a path can still take. */
  room(path: string): Promise<Room>;
}
