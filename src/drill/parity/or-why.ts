import { messageOf } from '../../core/errors.ts';
import type { Answer } from './facts.ts';

/** Who asks, until the signal is aborted. */
export interface Asking {
  readonly signal: AbortSignal;
}

/** An answer, or why there is none: whatever cannot be asked is no fault of the drill. Throws the reason of the signal. */
export async function orWhy<T>({ signal }: Asking, when: string | null, ask: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { is: await ask() };
  } catch (error) {
    signal.throwIfAborted();
    return { why: messageOf(error).split('\n')[0] ?? '', when };
  }
}
