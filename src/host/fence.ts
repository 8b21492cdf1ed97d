import { DrillError } from '../core/errors.ts';

/** Who a program is: what it sees, reaches and knows depends on it. */
export type Role =
  /** Reads the repository; knows its secrets, and has the network where the repository takes one. */
  | 'pgbackrest'
  /** The restored server, and with it whatever the data makes it do. */
  | 'server'
  /** A command that a plan names as a check. */
  | 'check'
  /** A small program of the system that does something for pgdrill in the run's directory. */
  | 'tool';

/** What a program is fenced off for. */
export interface FenceRequest {
  readonly role: Role;
  /** It goes on when pgdrill ends. */
  readonly outlive: boolean;
  /** Files and directories that it may read besides what its role sees. */
  readonly reads: readonly string[];
  /** Where it starts; null: in the root. */
  readonly cwd: string | null;
}

/** Gives the words before a command that fence it off. */
export type Fence = (request: FenceRequest) => readonly string[];

/**
 * Why bubblewrap did not start a program, told from what it says before it ends with 1; null: it says nothing. That is
 * never the program's own failure. A script whose interpreter is missing is told as one that is not there.
 */
export function notFenced(stderr: string): DrillError | null {
  const [, program, why = ''] =
    /^bwrap: execvp (.*): (No such file or directory|Permission denied)$/m.exec(stderr) ?? [];
  if (program !== undefined) {
    return new DrillError('tool-missing', `${program} cannot be started in the sandbox: ${why.toLowerCase()} there`, {
      hint: 'install it below /usr, or show its directory to the checks with sandbox.mounts in the plan',
    });
  }
  const [, complaint] = /^bwrap: (.*)$/m.exec(stderr) ?? [];
  return complaint === undefined
    ? null
    : new DrillError('sandbox-failed', `bubblewrap could not fence a program off: ${complaint}`);
}
