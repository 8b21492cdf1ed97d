import { symbol, symbolCircle, symbolDiamond, symbolTimes, symbolTriangle, type SymbolType } from 'd3-shape';
import { html, type Html } from '../html.ts';
import { px } from './sheet.ts';

/** What a run means in a picture. Each has a shape of its own: the meaning never hangs on a colour alone. */
export type Sign = 'met' | 'bound' | 'failed' | 'no-answer' | 'killed';

const SHAPES: Readonly<Record<Sign, { readonly type: SymbolType; readonly area: number; readonly means: string }>> = {
  met: { type: symbolCircle, area: 26, means: 'a run' },
  bound: { type: symbolCircle, area: 30, means: 'an upper bound: no more than this' },
  failed: { type: symbolTimes, area: 56, means: 'failed, or the objective was missed' },
  'no-answer': { type: symbolTriangle, area: 36, means: 'no answer: inconclusive or cancelled' },
  killed: { type: symbolDiamond, area: 40, means: 'killed' },
};

const draw = symbol().digits(1);

/** A sign at a point. */
export function drawSign(sign: Sign, x: number, y: number): Html {
  const { type, area } = SHAPES[sign];
  return html`<path
    class="sign-${sign}"
    transform="translate(${px(x)},${px(y)})"
    d="${draw.type(type).size(area)() ?? ''}"
  />`;
}

/** What the signs of a picture mean. */
export function legend(signs: ReadonlySet<Sign>, others: readonly Html[] = []): Html {
  const used = (Object.keys(SHAPES) as Sign[]).filter((sign) => signs.has(sign));
  const entries = used.map(
    (sign) =>
      html`<span
        ><svg class="key" viewBox="-6 -6 12 12" aria-hidden="true">${drawSign(sign, 0, 0)}</svg>
        ${SHAPES[sign].means}</span
      > `,
  );
  return html`${entries}${others}`;
}
