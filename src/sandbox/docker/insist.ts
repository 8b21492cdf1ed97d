import { setTimeout as delay } from 'node:timers/promises';

const PATIENCE_MS = 30_000;
const PAUSE_MS = 100;

/**
 * Removes something of the engine's. What is not there is no error; what is still in use, or just being removed by
 * somebody, is tried again for a while: an engine lets go of a container a moment after it says so.
 */
export async function insist(remove: () => Promise<unknown>): Promise<void> {
  const startedMs = performance.now();
  for (;;) {
    try {
      await remove();
      return;
    } catch (error) {
      const { statusCode } = error as { statusCode?: number };
      if (statusCode === 404) return;
      const mayPass = statusCode === 409 || statusCode === 403;
      if (!mayPass || performance.now() - startedMs > PATIENCE_MS) throw error;
      await delay(PAUSE_MS);
    }
  }
}
