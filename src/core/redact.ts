const MASK = '[redacted]';

/**
 * Keeps secrets out of everything that pgdrill writes: each is registered when it is read, and every log line, report
 * and error goes through {@link Redactor.text}.
 */
export class Redactor {
  readonly #secrets = new Set<string>();
  #pattern: RegExp | null = null;

  /** Remembers a secret; values shorter than three characters are no secrets and would blot out innocent text. */
  add(secret: string): void {
    if (secret.length < 3) return;
    for (const form of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]) this.#secrets.add(form);
    const longestFirst = [...this.#secrets].toSorted((a, b) => b.length - a.length);
    this.#pattern = new RegExp(longestFirst.map((value) => RegExp.escape(value)).join('|'), 'g');
  }

  /** The text with every known secret masked. */
  text(text: string): string {
    return this.#pattern ? text.replace(this.#pattern, MASK) : text;
  }

  /** A copy of plain data (as in JSON) with every string in it masked. */
  data<T>(value: T): T {
    if (typeof value === 'string') return this.text(value) as T;
    if (Array.isArray(value)) return value.map((item: unknown) => this.data(item)) as T;
    if (value !== null && typeof value === 'object') {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.data(item as unknown)])) as T;
    }
    return value;
  }
}
