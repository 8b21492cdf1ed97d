/**
 * Hands on what has ended in the order of `ids`, each as soon as those before it have been handed on, one at a time. `rest` hands on
 * what is left, for a run that ends before all have.
 */
export class InOrder<T extends { readonly id: string }> {
  readonly #waiting: string[];
  readonly #ended = new Map<string, T>();
  readonly #handOn: (ended: T) => Promise<void>;
  #handedOn: Promise<void> = Promise.resolve();

  constructor(ids: readonly string[], handOn: (ended: T) => Promise<void>) {
    this.#waiting = [...ids];
    this.#handOn = handOn;
  }

  /** Resolves when all that could be handed on was. Throws what that throws, and hands nothing on from then on. */
  ended(one: T): Promise<void> {
    this.#ended.set(one.id, one);
    return this.#next(false);
  }

  rest(): Promise<void> {
    return this.#next(true);
  }

  #next(isLast: boolean): Promise<void> {
    this.#handedOn = this.#handOnAfter(this.#handedOn, isLast);
    return this.#handedOn;
  }

  async #handOnAfter(before: Promise<void>, isLast: boolean): Promise<void> {
    await before;
    for (let id = this.#waiting[0]; id !== undefined; id = this.#waiting[0]) {
      const one = this.#ended.get(id);
      if (one === undefined && !isLast) return;
      this.#waiting.shift();
      if (one !== undefined) await this.#handOn(one);
    }
  }
}
