import type { RunResult } from './host.ts';

/** 128 and SIGKILL or SIGTERM: what bubblewrap, a shell and a container engine make of a program that was ended. */
const KILLED_STATUSES: readonly number[] = [137, 143];

/** No program ends itself so: somebody did, or the kernel for lack of memory, or its sandbox went. That says nothing of the data. */
export function wasKilled({ exitCode, signal }: Pick<RunResult, 'exitCode' | 'signal'>): boolean {
  return exitCode === null ? signal === 'SIGKILL' || signal === 'SIGTERM' : KILLED_STATUSES.includes(exitCode);
}
