import type { Redactor } from '../core/redact.ts';
import type { DrillEvent, Emit } from './events.ts';

/** Listeners of a run. */
interface Told {
  readonly emit: Emit;
  /** Throws what the first listener threw that did. */
  readonly throwFault: () => void;
}

/**
 * Tells each event to each listener, in their order, without the secrets that are known by then. One that throws is told no
 * more, and the others are.
 */
export function tellAll(listeners: readonly ((event: DrillEvent) => void)[], redactor: Redactor): Told {
  const listening = new Set(listeners);
  const faults: unknown[] = [];
  return {
    emit: (event) => {
      const told = redactor.data(event);
      for (const listener of listening) {
        try {
          listener(told);
        } catch (error) {
          listening.delete(listener);
          faults.push(error);
        }
      }
    },
    throwFault: () => {
      if (faults.length > 0) throw faults[0];
    },
  };
}
