/** Two clocks: the wall for stamps, a monotonic one for durations, which a time correction must not stretch. */
export interface Clock {
  now(): Date;
  monotonicMs(): number;
}

/** The clocks of this machine. */
export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
};
