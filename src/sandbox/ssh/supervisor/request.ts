import type { SupervisorRequest } from './line.ts';
import { DEADLINES } from './protocol.ts';

/** What a supervisor is to do, and for how long. */
export interface SupervisorOptions {
  readonly runId: string;
  readonly drill: string;
  /** Where runs are restored on the server; null: the usual place. */
  readonly scratch: string | null;
  /** The name of the run's directory there. */
  readonly directory: string;
  readonly keeps: 'nothing' | 'data' | 'instance';
  /** The text of the file that marks the directory as a run's. */
  readonly marker: string;
  /** Paths of the server that the scratch directory must stay away from, and what they are. */
  readonly avoid: readonly { readonly path: string; readonly what: string }[];
  readonly sudo: boolean;
  readonly graceMs: number;
  /** After this much time it ends everything, whoever is connected. */
  readonly deadlineMs: number;
}

/** How long a server is waited for that lets us in and says nothing. */
export function answerMs(graceMs: number): number {
  return Math.min(DEADLINES.answerMs.value, Math.max(15_000, graceMs));
}

/** What every request to the supervisor's text says. */
export function requestOf(options: SupervisorOptions): Omit<SupervisorRequest, 'mode'> {
  const { runId, drill, scratch, directory, keeps, marker, avoid, sudo, graceMs, deadlineMs } = options;
  return {
    run: runId,
    drill,
    scratch: scratch ?? '',
    directory,
    keeps,
    marker,
    avoid: avoid.map(({ path, what }) => `${what}:${path}`).join('\n'),
    sudo: sudo ? 'auto' : 'never',
    grace: String(Math.ceil(graceMs / 1000)),
    deadline: String(Math.ceil(deadlineMs / 1000)),
  };
}
