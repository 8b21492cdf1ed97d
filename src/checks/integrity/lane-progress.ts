/** Tells of parts that are asked at the same time in one line: their names, and how far the first of them has come. */
export class LaneProgress {
  readonly #running = new Map<string, number | null>();
  readonly #tell: (text: string, fraction: number | null) => void;

  constructor(tell: (text: string, fraction: number | null) => void) {
    this.#tell = tell;
  }

  of(id: string): (fraction: number | null) => void {
    return (fraction) => {
      this.#running.set(id, fraction);
      this.#say();
    };
  }

  end(id: string): void {
    this.#running.delete(id);
    if (this.#running.size > 0) this.#say();
  }

  #say(): void {
    const fraction = this.#running.values().find((known) => known !== null) ?? null;
    this.#tell(`integrity: ${[...this.#running.keys()].join(', ')}`, fraction);
  }
}
