import type { Words } from '../report/document/blocks.ts';
import { printWords } from '../report/html/words.ts';
import { escapeMarkup } from '../report/markup.ts';

/** Markup that is safe to print. Only {@link markup} and {@link printed} make it, so no text gets into a page unescaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a template: markup as it is, text escaped, nothing for null. */
type Piece = Html | string | number | null | readonly Piece[];

/** A template of HTML or SVG. Whatever is put into it is text, unless it is markup of another template. */
export function markup(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  return new Html(
    strings.map((string, index) => (index === 0 ? string : `${print(pieces[index - 1] ?? null)}${string}`)).join(''),
  );
}

/** Words of a report as markup. */
export function printed(words: Words): Html {
  return new Html(printWords(words));
}

function print(piece: Piece): string {
  if (piece === null) return '';
  if (piece instanceof Html) return piece.text;
  if (typeof piece === 'string') return escapeMarkup(piece);
  return typeof piece === 'number' ? String(piece) : piece.map(print).join('');
}
