import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../core/errors.ts';
import { abortAfter } from '../../core/timer.ts';
import { DeliveryFault } from './fault.ts';

/** How long is tried. */
export interface Patience {
  /** One try. */
  readonly tryMs: number;
  /** All tries, and the waiting between them. */
  readonly totalMs: number;
  readonly tries: number;
  /** Before the second try; twice as long before each further one. */
  readonly firstWaitMs: number;
}

/** A run waits for its messages, and a monitor wants its answer in a minute. */
export const USUAL_PATIENCE: Patience = { tryMs: 10_000, totalMs: 25_000, tries: 4, firstWaitMs: 500 };

/** What became of a message. */
export interface Delivery {
  readonly sent: boolean;
  /** It was not sent to all that it is for, and to some. */
  readonly inPart?: true;
  /** What was answered, or why it did not get through. */
  readonly answer: string;
  readonly attempts: number;
}

/** Sends a message once. Rejects with a {@link DeliveryFault}. */
export type Attempt = (signal: AbortSignal) => Promise<string>;

/** Tries until a message gets through, no try may help, or time is over. Never rejects. */
export async function tryOften(attempt: Attempt, patience: Patience, signal: AbortSignal): Promise<Delivery> {
  const startedMs = performance.now();
  const end = AbortSignal.any([signal, abortAfter(patience.totalMs)]);
  for (let attempts = 1; ; attempts += 1) {
    try {
      const answer = await attempt(AbortSignal.any([end, abortAfter(patience.tryMs)]));
      return { sent: true, answer, attempts };
    } catch (error) {
      const { message, again, waitMs, inPart } = faultOf(error);
      const failed = (answer: string): Delivery => ({ sent: false, answer, attempts, ...(inPart ? { inPart } : {}) });
      if (signal.aborted) return failed('it was interrupted');
      const waits = waitBefore(attempts, waitMs, patience);
      const leftMs = patience.totalMs - (performance.now() - startedMs);
      if (!again || attempts >= patience.tries) return failed(message);
      if (waits >= leftMs) return failed(waitMs === null ? message : `${message}; it asks to wait ${seconds(waitMs)}`);
      await delay(waits, undefined, { signal: end }).catch(() => undefined);
      if (signal.aborted) return failed('it was interrupted');
    }
  }
}

function waitBefore(attempts: number, askedMs: number | null, { firstWaitMs }: Patience): number {
  // Whoever failed at the same moment shall not try again at the same moment.
  return askedMs ?? firstWaitMs * 2 ** (attempts - 1) * (0.75 + Math.random() / 2);
}

function seconds(ms: number): string {
  return `${Math.ceil(ms / 1000)} s`;
}

/** The fault of a try. A secret that cannot be had now cannot be had in a second either. Anything else is told as well: no message is worth a run. */
export function faultOf(error: unknown): DeliveryFault {
  return error instanceof DeliveryFault ? error : new DeliveryFault(messageOf(error), { again: false });
}
