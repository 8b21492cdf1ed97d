import type { Figure, Inline } from '../document/blocks.ts';
import { printWords } from './words.ts';

/** The figures as cards. How each is measured is folded behind it. */
export function printFigures(figures: readonly Figure[]): string {
  return `<div class="cards">\n${figures.map(card).join('\n')}\n</div>`;
}

function card({ name, value, mark, objective, remark, share, how }: Figure): string {
  // The words of an objective stay on one line.
  const promised =
    objective === null
      ? []
      : [objective === 'none' ? 'no objective' : `objective\u00A0${objective.replaceAll(' ', '\u00A0')}`];
  const note = [mark ?? remark, ...promised].filter((part) => part !== null).flatMap(commaBefore);
  return [
    '<details class="card"><summary>',
    `<span class="name">${printWords(name)}</span>`,
    `<span class="value">${printWords(value)}</span>`,
    ...meter(share),
    `<span class="note">${printWords(note)}</span>`,
    `</summary><p>${printWords(how)}</p></details>`,
  ].join('');
}

/** How much of what was promised was needed, as a bar; the words beside it say the same. */
function meter(share: number | null): string[] {
  if (share === null) return [];
  const width = Math.max(1, Math.round(Math.min(share, 1) * 100));
  return [
    `<span class="meter${share > 1 ? ' over' : ''}" aria-hidden="true"><span style="width:${width}%"></span></span>`,
  ];
}

function commaBefore(part: Inline, index: number): Inline[] {
  return index === 0 ? [part] : [', ', part];
}
