import type { DrillEvent, Emit } from './events.ts';

/** Listeners of a run. */
interface Told {
  readonly emit: Emit;
  /** Throws what the first listener threw that did. */
  readonly throwFault: () => void;
}

/** Tells each event to each listener, in their order. One that throws is told no more, and the others are. */
export function tellAll(listeners: readonly ((event: DrillEvent) => void)[]): Told {
  const listening = new Set(listeners);
  const faults: unknown[] = [];
  return {
    emit: (event) => {
      for (const listener of listening) {
        try {
          listener(event);
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
