const KEPT_LINES = 60;

/** The last lines of an output that is not kept whole. */
export class Tail {
  #lines: string[] = [];

  push(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length >= 2 * KEPT_LINES) this.#lines = this.#lines.slice(-KEPT_LINES);
  }

  get text(): string {
    return this.#lines.slice(-KEPT_LINES).join('\n');
  }
}
