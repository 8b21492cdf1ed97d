/** Keeps a bounded number of the things that pass by, evenly spread over all of them, the last one among them. */
export class Sampled<T> {
  readonly #most: number;
  #kept: T[] = [];
  /** Of so many one is kept. */
  #stride = 1;
  #seen = 0;
  #last: T | null = null;

  constructor(most: number) {
    this.#most = most;
  }

  push(item: T): void {
    if (this.#seen % this.#stride === 0) this.#kept.push(item);
    this.#seen += 1;
    this.#last = item;
    if (this.#kept.length < 2 * this.#most) return;
    this.#kept = this.#kept.filter((_, index) => index % 2 === 0);
    this.#stride *= 2;
  }

  /** What was kept, in order. */
  get items(): readonly T[] {
    return this.#last === null || this.#kept.at(-1) === this.#last ? this.#kept : [...this.#kept, this.#last];
  }
}

/** At most so many of these, evenly spread, the last one among them. */
export function spread<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items];
  const chosen = Array.from({ length: most }, (_, index) => Math.ceil(((index + 1) * items.length) / most) - 1);
  return chosen.flatMap((index) => items[index] ?? []);
}
