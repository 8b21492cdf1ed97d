import { appendFileSync } from 'node:fs';
import { messageOf } from '../core/errors.ts';

/**
 * A log that grows with the run. Where it cannot be written any more (the disk is full), the run goes on without it: `problem`
 * says why.
 */
export class EvidenceLog {
  readonly #file: string;
  problem: string | null = null;

  constructor(file: string) {
    this.#file = file;
  }

  append(text: string): void {
    if (this.problem !== null) return;
    try {
      appendFileSync(this.#file, text, { mode: 0o600 });
    } catch (error) {
      this.problem = messageOf(error);
    }
  }
}
