/** The longest that a timer of Node.js waits; a longer one fires at once (24.8 days). */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A duration as a timer takes it: one of 25 days and more waits as long as a timer can, and does not fire at once. */
export function timerMs(durationMs: number): number {
  return Math.min(Math.max(0, Math.round(durationMs)), LONGEST_TIMER_MS);
}

/** Aborts after a duration, as {@link AbortSignal.timeout} does, which takes no long ones. */
export function abortAfter(durationMs: number): AbortSignal {
  return AbortSignal.timeout(timerMs(durationMs));
}
