import { CUT } from './shortened.ts';
import { spellingsOf } from './spellings.ts';

/** Fields whose words are those of pgdrill itself. */
const VOCABULARY = new Set('code verdict status phase id kind severity type method action start state'.split(' '));

function isVocabulary(key: string, value: unknown): boolean {
  return VOCABULARY.has(key) && typeof value === 'string' && /^[a-z][a-z-]*$/.test(value);
}

const MASK = '[redacted]';
const SHORTEST = 3;

/** Where a text was cut within the secret: its beginning stands in front of the mark. */
function cutPlaces(text: string, secret: string): [number, number][] {
  const places: [number, number][] = [];
  for (let end = text.indexOf(CUT); end >= 0; end = text.indexOf(CUT, end + 1)) {
    let length = Math.min(secret.length - 1, end);
    while (length >= SHORTEST && !text.endsWith(secret.slice(0, length), end)) length -= 1;
    if (length >= SHORTEST) places.push([end - length, end]);
  }
  return places;
}

/**
 * Keeps secrets out of everything that pgdrill writes: each is registered when it is read, and every log line, report
 * and error goes through {@link Redactor.text}.
 */
export class Redactor {
  readonly #secrets = new Set<string>();

  /** Remembers a secret; values shorter than three characters are no secrets and would blot out innocent text. */
  add(secret: string): void {
    if (secret.length < SHORTEST) return;
    for (const spelling of spellingsOf(secret)) this.#secrets.add(spelling);
  }

  /** The text with every known secret masked, also one of which the text was cut in the middle. */
  text(text: string): string {
    let masked = '';
    let end = 0;
    for (const [from, to] of this.#places(text)) {
      if (from >= end) masked += text.slice(end, from) + MASK;
      end = Math.max(end, to);
    }
    return masked + text.slice(end);
  }

  /**
   * A copy of plain data (as in JSON) with every string in it masked, but for words of a fixed vocabulary: with the
   * passphrase "failed" a verdict is still a verdict.
   */
  data<T>(value: T): T {
    if (typeof value === 'string') return this.text(value) as T;
    if (Array.isArray(value)) return value.map((item: unknown) => this.data(item)) as T;
    if (value !== null && typeof value === 'object') {
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, isVocabulary(key, item) ? item : this.data(item as unknown)]),
      ) as T;
    }
    return value;
  }

  /** Where the secrets stand, first to last; two of them may overlap. */
  #places(text: string): [number, number][] {
    const places: [number, number][] = [];
    for (const secret of this.#secrets) {
      for (let at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + 1))
        places.push([at, at + secret.length]);
      places.push(...cutPlaces(text, secret));
    }
    return places.toSorted(([a], [b]) => a - b);
  }
}
