import { symbol, symbolCircle, symbolDiamond, symbolTimes, symbolTriangle, type SymbolType } from 'd3-shape';
import { markup, type Html } from '../html.ts';
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
export function drawSign(sign: Sign, x: number, y: number, scale = 1): Html {
  const { type, area } = SHAPES[sign];
  const path = draw.type(type).size(area * scale)() ?? '';
  return markup`<path class="sign-${sign}" transform="translate(${px(x)},${px(y)})" d="${path}"/>`;
}

/** What the signs of a picture mean. */
export function legend(signs: ReadonlySet<Sign>): Html {
  const used = (Object.keys(SHAPES) as Sign[]).filter((sign) => signs.has(sign));
  return markup`${used.map((sign) => keyed('-6 -6 12 12', drawSign(sign, 0, 0), SHAPES[sign].means))}`;
}

/** What an area of a colour means. */
export function swatch(kind: string, means: string): Html {
  return keyed('0 0 12 12', markup`<rect class="${kind}" width="12" height="12" rx="2"/>`, means);
}

function keyed(box: string, sign: Html, means: string): Html {
  return markup`<span><svg class="key" viewBox="${box}" aria-hidden="true">${sign}</svg> ${means}</span> `;
}
