import { fitsBeside, type Need } from './room.ts';

/** Something that waits for its turn. */
export interface Waiting {
  /** Of those of one name one runs at a time. */
  readonly name: string;
  readonly need: Need | null;
}

interface QueueOptions<T> {
  /** How many may run at once. */
  readonly lanes: number;
  readonly run: (one: T) => Promise<void>;
  /** When it aborts, nothing more is begun. */
  readonly signal: AbortSignal;
}

/**
 * Runs them in their order, several at once where they fit beside each other; one that does not fit waits, and those behind it
 * that fit go before it. Gives those that were not begun. Whatever `run` throws is thrown when all that run have ended.
 */
export async function runInLanes<T extends Waiting>(
  all: readonly T[],
  { lanes, run, signal }: QueueOptions<T>,
): Promise<T[]> {
  const waiting = [...all];
  const running = new Map<T, Promise<void>>();
  const faults: unknown[] = [];
  const mayBegin = ({ name, need }: T): boolean => {
    const beside = [...running.keys()];
    return (
      !beside.some((other) => other.name === name) &&
      fitsBeside(
        need,
        beside.map((other) => other.need),
      )
    );
  };
  const begin = (one: T): void => {
    waiting.splice(waiting.indexOf(one), 1);
    const ended = run(one)
      .catch((error: unknown) => void faults.push(error))
      .finally(() => void running.delete(one));
    running.set(one, ended);
  };
  while (waiting.length > 0 || running.size > 0) {
    const next = signal.aborted || running.size >= lanes ? undefined : waiting.find(mayBegin);
    if (next !== undefined) begin(next);
    else if (running.size > 0) await Promise.race(running.values());
    else break;
  }
  if (faults.length > 0) throw faults[0];
  return waiting;
}
