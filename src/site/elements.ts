import type { Tone } from '../report/document/blocks.ts';
import { html, printed, type Html } from './html.ts';

type Cell = Html | string | number | null;

interface Table {
  /** How it is drawn: `plain` stays a table on a phone, the others become cards. */
  readonly kind: 'plain' | 'scorecard' | 'runs' | 'copies';
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A table. Each cell knows the title of its column: on a phone the cells of a row stand below each other. */
export function table({ kind, head, rows }: Table): Html {
  const cell = (piece: Cell, column: number): Html =>
    kind === 'plain' ? html`<td>${piece}</td>` : html`<td data-title="${head[column] ?? ''}">${piece}</td>`;
  return html`<table class="${kind === 'plain' ? 'plain' : `stacked ${kind}`}">
    <thead>
      <tr>
        ${head.map((title) => html`<th scope="col">${title}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (cells) =>
          html`<tr>
            ${cells.map(cell)}
          </tr> `,
      )}
    </tbody>
  </table>`;
}

/** A heading with what stands below it. */
export function section(title: string, ...parts: readonly (Html | null)[]): Html {
  return html`<section>
    <h2>${title}</h2>
    ${parts}
  </section>`;
}

/** A picture, what its signs mean, and the same as a table. */
export function figure(title: string, picture: Html, key: Html | null, figures: Html): Html {
  const caption = key === null ? null : html`<figcaption>${key}</figcaption> `;
  return html`<figure>
    <h3>${title}</h3>
    ${picture}${caption}
    <details>
      <summary>${title} as a table</summary>
      ${figures}
    </details>
  </figure>`;
}

/** A word with its sign and colour. */
export function mark(tone: Tone, words: string): Html {
  return printed({ tone, mark: words });
}

/** Something of less weight, on a line of its own. */
export function below(piece: Cell): Html {
  return html`<span class="sub">${piece}</span>`;
}

/** A link; where there is nothing to link to, the words alone. */
export function link(href: string | null, words: string): Html {
  return href === null
    ? html`<span class="nowrap">${words}</span>`
    : html`<a class="nowrap" href="${href}">${words}</a>`;
}

interface Card {
  readonly name: string;
  readonly value: string;
  readonly tone: Tone;
  readonly note: Cell;
}

/** The numbers that most readers come for. */
export function cards(all: readonly Card[]): Html {
  return html`<div class="cards">
    ${all.map(
      ({ name, value, tone, note }) =>
        html`<div class="card">
          <span class="name">${name}</span><span class="value ${tone}">${value}</span><span class="note">${note}</span>
        </div>`,
    )}
  </div>`;
}
