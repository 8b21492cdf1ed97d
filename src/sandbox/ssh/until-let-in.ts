import { setTimeout as delay } from 'node:timers/promises';
import { asDrillError, DrillError } from '../../core/errors.ts';
import { abortAfter } from '../../core/timer.ts';
import { mayPass } from './supervisor/line.ts';

interface Waiting {
  /** The server, as a person would look for it. */
  readonly what: string;
  readonly withinMs: number;
  readonly signal: AbortSignal;
}

/**
 * Tries to connect to a server that was just made until it lets us in. It refuses connections first, then keys; and before
 * cloud-init has given it its host key it shows another one, which is not believed, and waited for.
 */
export async function untilLetIn(
  connect: (signal: AbortSignal) => Promise<void>,
  { what, withinMs, signal }: Waiting,
): Promise<void> {
  const deadline = abortAfter(withinMs);
  const either = AbortSignal.any([signal, deadline]);
  let refusal: DrillError | null = null;
  for (;;) {
    try {
      return await connect(either);
    } catch (error) {
      if (signal.aborted) throw error;
      if (deadline.aborted) throw neverReady(what, withinMs, refusal);
      refusal = asDrillError(error);
      if (!mayPass(error) && refusal?.code !== 'host-key-refused') throw error;
      await delay(500, undefined, { signal: either }).catch(() => undefined);
    }
  }
}

function neverReady(what: string, withinMs: number, refusal: DrillError | null): DrillError {
  const why = refusal?.message ?? 'no connection came about';
  return new DrillError(
    refusal?.code ?? 'server-unreachable',
    `${what} let nobody in within ${withinMs / 1000} s: ${why}`,
    {
      hint: refusal?.hint ?? 'raise sandbox.readyWithin, or look at what create makes',
    },
  );
}
