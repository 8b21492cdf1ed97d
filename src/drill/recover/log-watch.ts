import type { RecoveryFacts, RecoveryLog } from '../../postgres/recovery-log.ts';

/** Waits for a fact in a log that is being read. */
export class LogWatch {
  readonly #log: RecoveryLog;
  #waiting: { readonly holds: (facts: RecoveryFacts) => boolean; readonly resolve: (value: 'seen') => void } | null =
    null;

  constructor(log: RecoveryLog) {
    this.#log = log;
  }

  push(line: string): void {
    this.#log.push(line);
    if (this.#waiting?.holds(this.#log.facts)) this.#waiting.resolve('seen');
  }

  until(holds: (facts: RecoveryFacts) => boolean): Promise<'seen'> {
    return new Promise((resolve) => {
      this.#waiting = { holds, resolve };
    });
  }
}
