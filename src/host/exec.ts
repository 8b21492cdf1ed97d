import type { Readable, Writable } from 'node:stream';

/** A program to be run on another machine or in a container. */
export interface ExecRequest {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string | undefined;
  /** Standard input stays open for the caller to write to. */
  readonly stdin?: boolean;
}

/** A program that runs there, as leader of a session of its own. */
export interface Exec {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Its exit status, 128 and more for a signal; null when its machine went away under it. Settles after the output ended. */
  readonly exited: Promise<number | null>;
  /** The program goes on when this process ends, which does not wait for it. */
  release(): void;
  /** Its machine is gone: nothing more will come. */
  abandon(): void;
}

/** Starts a program there. Rejects with a DrillError when there is nothing to start it on any more. */
export type StartExec = (request: ExecRequest) => Promise<Exec>;
