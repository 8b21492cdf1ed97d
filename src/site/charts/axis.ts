import { markup, type Html } from '../html.ts';
import { px } from './sheet.ts';

type Anchor = 'start' | 'middle' | 'end';

/** Words in a picture. */
export function label(kind: string, x: number, y: number, anchor: Anchor, words: string): Html {
  return markup`<text class="${kind}" x="${px(x)}" y="${px(y)}" text-anchor="${anchor}">${words}</text>`;
}

/** A mark of the vertical axis: a line across the plot, and its value on the left. */
export function rowMark(y: number, left: number, right: number, words: string): Html {
  const line = markup`<path class="grid" d="M${left} ${px(y)}H${px(right)}"/>`;
  return markup`${line}${label('tick', left - 8, y + 4, 'end', words)}`;
}

/** A mark of the horizontal axis: a stroke below the plot, and its value. */
export function columnMark(x: number, bottom: number, anchor: Anchor, words: string): Html {
  const stroke = markup`<path class="grid" d="M${px(x)} ${bottom}v4"/>`;
  return markup`${stroke}${label('tick', x, bottom + 17, anchor, words)}`;
}
