import type { Daemon, DaemonOptions, Host, ReadOptions, Room, RunOptions, RunResult } from './host.ts';

/** A command that was run, as the report lists it. */
export interface RecordedCommand {
  readonly argv: readonly string[];
  /** Null while it runs, or when a signal ended it. */
  exitCode: number | null;
  durationMs: number | null;
}

/** A host that tells of every command before it is run; the recorder fills in how it ended. */
export class RecordingHost implements Host {
  readonly #host: Host;
  /** The result is null while it runs, and for what is to stay unrecorded. */
  readonly #record: (command: RecordedCommand, result: RunResult | null) => void;
  readonly #monotonicMs: () => number;

  constructor(
    host: Host,
    record: (command: RecordedCommand, result: RunResult | null) => void,
    monotonicMs: () => number,
  ) {
    this.#host = host;
    this.#record = record;
    this.#monotonicMs = monotonicMs;
  }

  async run(argv: readonly string[], options?: RunOptions): Promise<RunResult> {
    const command: RecordedCommand = { argv, exitCode: null, durationMs: null };
    const result = await this.#host.run(argv, options);
    command.exitCode = result.exitCode;
    command.durationMs = result.durationMs;
    this.#record(command, options?.unrecorded === true ? null : result);
    return result;
  }

  async start(argv: readonly string[], options: DaemonOptions): Promise<Daemon> {
    const command: RecordedCommand = { argv, exitCode: null, durationMs: null };
    const startedAt = this.#monotonicMs();
    const daemon = await this.#host.start(argv, options);
    this.#record(command, null);
    const exited = daemon.exited.then((status) => {
      command.exitCode = status.exitCode;
      command.durationMs = Math.round(this.#monotonicMs() - startedAt);
      return status;
    });
    return { exited, kill: (signal) => daemon.kill(signal) };
  }

  followLines(path: string, onLine: (line: string) => void): { stop(): Promise<void> } {
    return this.#host.followLines(path, onLine);
  }
  readFile(path: string, options?: ReadOptions): Promise<string | null> {
    return this.#host.readFile(path, options);
  }
  writeFile(path: string, content: string | Uint8Array, mode: number): Promise<void> {
    return this.#host.writeFile(path, content, mode);
  }
  writeFiles(files: Readonly<Record<string, string>>, mode: number): Promise<void> {
    return this.#host.writeFiles(files, mode);
  }
  makeDirectory(path: string): Promise<void> {
    return this.#host.makeDirectory(path);
  }
  list(path: string): Promise<string[] | null> {
    return this.#host.list(path);
  }
  resolveLink(path: string): Promise<string | null> {
    return this.#host.resolveLink(path);
  }
  remove(path: string | readonly string[], signal?: AbortSignal): Promise<void> {
    return this.#host.remove(path, signal);
  }
  room(path: string): Promise<Room> {
    return this.#host.room(path);
  }
}
