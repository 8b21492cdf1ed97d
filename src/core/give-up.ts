import { timerMs } from './timer.ts';

/** How long what a user has ended with Ctrl-C may take to stop: somebody waits for it. */
export const TOLD_GRACE_MS = 5000;

/**
 * The result of `work`, which is told to end by `signal`. Rejects with the reason of the signal when it has not ended some
 * time after that: what waits for somebody who does not answer any more (a paused engine) must not hold up the rest. Whoever
 * calls is told of that (`onGivenUp`).
 */
export async function orGiveUp<T>(
  work: Promise<T>,
  signal: AbortSignal,
  graceMs: number,
  onGivenUp: () => void,
): Promise<T> {
  const { promise: given, reject } = Promise.withResolvers<never>();
  let timer: NodeJS.Timeout | undefined;
  const giveUp = (): void => {
    onGivenUp();
    reject(signal.reason as Error);
  };
  const told = (): void => {
    timer = setTimeout(giveUp, timerMs(graceMs));
  };
  if (signal.aborted) told();
  else signal.addEventListener('abort', told, { once: true });
  work.catch(() => undefined);
  given.catch(() => undefined);
  try {
    return await Promise.race([work, given]);
  } finally {
    signal.removeEventListener('abort', told);
    clearTimeout(timer);
  }
}
