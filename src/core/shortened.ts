/** Stands where a text was cut. {@link Redactor} masks the beginning of a secret in front of it. */
export const CUT = '…';

/** What a line of a page or of a terminal has room for. */
const LINE = 80;

/** A text of at most so many characters. One that is cut says so, by its last one. */
export function shortened(text: string, most = LINE): string {
  return text.length > most ? text.slice(0, most - 1) + CUT : text;
}
