import { markup, type Html } from '../html.ts';
import { px } from './sheet.ts';

/** What a run means in a picture. Each has a shape of its own: the meaning never hangs on a colour alone. */
export type Sign = 'met' | 'bound' | 'failed' | 'no-answer' | 'killed' | 'missed';

/** Where a sign stands. */
export interface Place {
  readonly sign: Sign;
  readonly x: number;
  readonly y: number;
}

/** A shape around the point that the pen is at, as a path of relative steps; `r` is about half its size. */
type Shape = (r: number) => string;

const circle: Shape = (r) => `m${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
const cross: Shape = (r) => `m${-r} ${-r}l${2 * r} ${2 * r}m0 ${-2 * r}l${-2 * r} ${2 * r}`;
const triangle: Shape = (r) => `m0 ${-r}l${r} ${2 * r}h${-2 * r}z`;
const square: Shape = (r) => `m${-r} ${-r}h${2 * r}v${2 * r}h${-2 * r}z`;
const diamond: Shape = (r) => `m0 ${-r}l${r} ${r}l${-r} ${r}l${-r} ${-r}z`;

const SIGNS: Readonly<Record<Sign, { readonly shape: Shape; readonly r: number; readonly means: string }>> = {
  met: { shape: circle, r: 2.9, means: 'a run' },
  bound: { shape: circle, r: 3.1, means: 'an upper bound: no more than this' },
  failed: { shape: cross, r: 3.6, means: 'failed, or the objective was missed' },
  'no-answer': { shape: triangle, r: 4, means: 'no answer: inconclusive or cancelled' },
  killed: { shape: diamond, r: 4.4, means: 'killed' },
  missed: { shape: square, r: 3.2, means: 'missed: due, and not run' },
};

/** Signs at their places, those of one kind as one path: there may be many. `scale` makes them smaller or larger. */
export function drawSigns(places: readonly Place[], scale = 1): Html {
  const kinds = [...Map.groupBy(places, ({ sign }) => sign)];
  return markup`${kinds.map(([sign, of]) => {
    const { shape, r } = SIGNS[sign];
    const steps = shape(px(r * scale));
    return markup`<path class="sign-${sign}" d="${of.map(({ x, y }) => `M${px(x)} ${px(y)}${steps}`).join('')}"/>`;
  })}`;
}

/** What the signs of a picture mean. */
export function legend(signs: ReadonlySet<Sign>): Html {
  const used = (Object.keys(SIGNS) as Sign[]).filter((sign) => signs.has(sign));
  return markup`${used.map((sign) => keyed('-6 -6 12 12', drawSigns([{ sign, x: 0, y: 0 }]), SIGNS[sign].means))}`;
}

/** What an area of a colour means. */
export function swatch(kind: string, means: string): Html {
  return keyed('0 0 12 12', markup`<rect class="${kind}" width="12" height="12" rx="2"/>`, means);
}

function keyed(box: string, sign: Html, means: string): Html {
  return markup`<span><svg class="key" viewBox="${box}" aria-hidden="true">${sign}</svg> ${means}</span> `;
}
