import { inlines, markText, type Inline, type Words } from '../document/blocks.ts';
import { escapeMarkup } from '../markup.ts';

/** Words as HTML. */
export function printWords(words: Words): string {
  return inlines(words).map(printInline).join('');
}

function printInline(piece: Inline): string {
  if (typeof piece === 'string') return escapeMarkup(piece);
  if ('code' in piece) return `<code>${escapeMarkup(piece.code)}</code>`;
  if ('strong' in piece) return `<strong>${escapeMarkup(piece.strong)}</strong>`;
  if ('href' in piece) return `<a href="${escapeMarkup(piece.href)}">${escapeMarkup(piece.words)}</a>`;
  return `<mark class="${piece.tone}">${escapeMarkup(markText(piece))}</mark>`;
}
