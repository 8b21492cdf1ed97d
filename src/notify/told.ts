import { z } from 'zod';
import { KeptFile } from './kept.ts';
import type { Found, Told } from './when.ts';

const STATE_FILE = '.notify-state.json';

const content = z.strictObject({
  v: z.literal(1),
  told: z.record(z.string(), z.strictObject({ isBad: z.boolean(), what: z.string(), toldAt: z.iso.datetime() })),
});

/** What monitors said last, in the directory of the reports, so that one that looks every five minutes does not repeat itself. */
export class ToldBefore {
  readonly #file: KeptFile<z.output<typeof content>>;

  constructor(directory: string) {
    this.#file = new KeptFile(directory, STATE_FILE, content);
  }

  /** What was said last of something; null: nothing. */
  of(key: string): Told | null {
    const told = this.#file.read()?.told ?? {};
    return Object.hasOwn(told, key) ? (told[key] ?? null) : null;
  }

  /**
   * Notes what is found now, and gives what was there before: of two programs that look at one moment, one speaks. `speaks` says
   * whether the time counts as that of a word. Throws what the system says.
   */
  async note(key: string, now: Found, at: Date, speaks: (before: Told | null) => boolean): Promise<Told | null> {
    let before: Told | null = null;
    await this.#file.change((found) => {
      const told = found?.told ?? {};
      before = Object.hasOwn(told, key) ? (told[key] ?? null) : null;
      const isNews = speaks(before);
      if (!isNews && before !== null) return null;
      return { v: 1, told: { ...told, [key]: { ...now, toldAt: at.toISOString() } } };
    });
    return before;
  }

  /** Forgets it. */
  async forget(key: string): Promise<void> {
    if (this.of(key) === null) return;
    await this.#file.change((found) => {
      const { [key]: _, ...told } = found?.told ?? {};
      return { v: 1, told };
    });
  }
}
