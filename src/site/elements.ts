import type { Tone } from '../report/document/blocks.ts';
import { markup, printed, type Html } from './html.ts';

/** What is shown where nothing was measured. */
export const NONE = '–';

/** A phone has no room for what is not there. */
const EMPTY = markup` class="empty"`;

type Cell = Html | string | number | null;

interface Table {
  /** How it is drawn: `plain` stays a table on a phone, the others become cards. */
  readonly kind: 'plain' | 'scorecard' | 'runs' | 'copies' | 'follow-ups';
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A table. Each cell knows the title of its column: on a phone the cells of a row stand below each other. */
export function table({ kind, head, rows }: Table): Html {
  const cell = (piece: Cell, column: number): Html =>
    kind === 'plain'
      ? markup`<td>${piece}</td>`
      : markup`<td data-title="${head[column] ?? ''}"${piece === NONE ? EMPTY : null}>${piece}</td>`;
  const titles = head.map((title) => markup`<th scope="col">${title}</th>`);
  const lines = rows.map((cells) => markup`<tr>${cells.map(cell)}</tr>\n`);
  const name = kind === 'plain' ? 'plain' : `stacked ${kind}`;
  return markup`<table class="${name}"><thead><tr>${titles}</tr></thead><tbody>\n${lines}</tbody></table>`;
}

/** A heading with what stands below it. */
export function section(title: string, ...parts: readonly (Html | null)[]): Html {
  return markup`<section>\n<h2>${title}</h2>\n${parts}\n</section>`;
}

/** A picture, what its signs mean, and the same as a table. */
export function figure(title: string, picture: Html, key: Html | null, figures: Html): Html {
  const caption = key === null ? null : markup`<figcaption>${key}</figcaption>\n`;
  const folded = markup`<details><summary>${title} as a table</summary>${figures}</details>`;
  return markup`<figure>\n<h3>${title}</h3>\n${picture}${caption}${folded}\n</figure>`;
}

/** A word with its sign and colour. */
export function mark(tone: Tone, words: string): Html {
  return printed({ tone, mark: words });
}

/** Something of less weight, on a line of its own. */
export function below(piece: Cell): Html {
  return markup`<span class="sub">${piece}</span>`;
}

/** A link; where there is nothing to link to, the words alone. */
export function link(href: string | null, words: string): Html {
  return href === null
    ? markup`<span class="nowrap">${words}</span>`
    : markup`<a class="nowrap" href="${href}">${words}</a>`;
}

/** Links to the pages around one of several parts; nothing where there is one part alone. */
export function around(
  what: string,
  before: { readonly href: string; readonly words: string } | null,
  after: { readonly href: string; readonly words: string } | null,
): Html | null {
  const links = [before, after].flatMap((to) => (to === null ? [] : [link(to.href, to.words)]));
  return links.length === 0 ? null : markup`<nav class="pages" aria-label="${what}">${links}</nav>`;
}

export interface Card {
  readonly name: string;
  readonly value: string;
  readonly tone: Tone;
  readonly note: Cell;
}

/** The numbers that most readers come for. */
export function cards(all: readonly Card[]): Html {
  return markup`<div class="cards">\n${all.map(cardOf)}</div>`;
}

function cardOf({ name, value, tone, note }: Card): Html {
  const number = markup`<span class="value ${tone}">${value}</span><span class="note">${note}</span>`;
  return markup`<div class="card"><span class="name">${name}</span>${number}</div>\n`;
}
