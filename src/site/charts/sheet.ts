import { markup, type Html } from '../html.ts';

/** What a picture is drawn for, so that its words are as large as those around it. */
export interface Sheet {
  readonly name: 'wide' | 'narrow';
  /** Pixels. */
  readonly width: number;
  /** How many marks a vertical and a horizontal axis have at most. */
  readonly rows: number;
  readonly columns: number;
}

const SHEETS: readonly Sheet[] = [
  { name: 'wide', width: 760, rows: 5, columns: 7 },
  { name: 'narrow', width: 344, rows: 4, columns: 3 },
];

/** A picture, with its words for those who do not see it. */
export interface Picture {
  /** Names it on its page. */
  readonly id: string;
  readonly title: string;
  /** What is to be seen, in a sentence or two. */
  readonly description: string;
  readonly draw: (sheet: Sheet) => { readonly height: number; readonly parts: readonly Html[] };
}

/** A picture as inline SVG, once for a wide screen and once for a narrow one; the style shows the one that fits. */
export function drawn({ id, title, description, draw }: Picture): Html {
  return markup`${SHEETS.map((sheet) => {
    const { height, parts } = draw(sheet);
    const name = `${id}-${sheet.name}`;
    const words = markup`<title id="${name}-t">${title}</title><desc id="${name}-d">${description}</desc>`;
    const box = `0 0 ${sheet.width} ${height}`;
    return markup`<svg class="chart ${sheet.name}" viewBox="${box}" role="img" aria-labelledby="${name}-t ${name}-d">
${words}
${parts.map((part) => markup`${part}\n`)}</svg>
`;
  })}`;
}

/** A coordinate with as many digits as an eye can see. */
export function px(value: number): number {
  return Math.round(value * 10) / 10;
}
