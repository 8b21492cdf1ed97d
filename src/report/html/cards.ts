import type { Figure } from '../document/blocks.ts';
import { printWords } from './words.ts';

/** The figures as cards. How each is measured is folded behind it. */
export function printFigures(figures: readonly Figure[]): string {
  return `<div class="cards">\n${figures.map(card).join('\n')}\n</div>`;
}

function card({ name, value, mark, promised, how }: Figure): string {
  const note = [
    ...(mark === null ? [] : [mark]),
    ...(promised === null ? [] : [mark === null ? promised : `, ${promised}`]),
  ];
  return [
    '<details class="card"><summary>',
    `<span class="name">${printWords(name)}</span>`,
    `<span class="value">${printWords(value)}</span>`,
    `<span class="note">${printWords(note)}</span>`,
    `</summary><p>${printWords(how)}</p></details>`,
  ].join('');
}
