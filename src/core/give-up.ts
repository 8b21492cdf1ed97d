import { abortAfter } from './timer.ts';

/**
 * The result of `work`, which is told to end by `signal`. Rejects with the reason of the signal when it has not ended some
 * time after that: what waits for somebody who does not answer any more (a paused engine) must not hold up the rest.
 */
export async function orGiveUp<T>(work: Promise<T>, signal: AbortSignal, graceMs: number): Promise<T> {
  const { promise: given, reject } = Promise.withResolvers<never>();
  const told = (): void =>
    abortAfter(graceMs).addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  if (signal.aborted) told();
  else signal.addEventListener('abort', told, { once: true });
  work.catch(() => undefined);
  given.catch(() => undefined);
  try {
    return await Promise.race([work, given]);
  } finally {
    signal.removeEventListener('abort', told);
  }
}
