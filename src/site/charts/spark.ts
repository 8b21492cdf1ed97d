import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import { markup, type Html } from '../html.ts';
import { px } from './sheet.ts';
import { drawSigns, type Sign } from './signs.ts';

/** A run in the small picture of a trend. */
export interface SparkPoint {
  /** Null: not measured. */
  readonly value: number | null;
  /** What it came to, if it did not pass. */
  readonly sign: Sign | null;
}

const WIDTH = 112;
const HEIGHT = 34;

/** A trend is about changes: its axis begins at this share of the least. */
const BASE = 0.6;

/** Signs are smaller than in a picture. */
const SMALL = 0.7;

/** How the last runs went, small enough for a table: a line of what was measured, and a sign for each that did not pass. */
export function drawSpark(points: readonly SparkPoint[], spoken: string): Html {
  const x = scaleLinear([0, Math.max(1, points.length - 1)], [6, WIDTH - 6]);
  const values = points.flatMap(({ value }) => value ?? []);
  const y = scaleLinear([BASE * Math.min(...values), Math.max(1, ...values)], [HEIGHT - 11, 4]);
  const measured = points.flatMap(({ value }, index) => (value === null ? [] : [{ x: x(index), y: y(value) }]));
  const path = line<{ x: number; y: number }>(
    (point) => point.x,
    (point) => point.y,
  ).digits(1)(measured);
  const last = measured.at(-1);
  const end = last ? markup`<circle class="end" cx="${px(last.x)}" cy="${px(last.y)}" r="2.6"/>` : null;
  const open = points.flatMap(({ sign }, index) => (sign === null ? [] : [{ sign, x: x(index), y: HEIGHT - 5 }]));
  const signs = drawSigns(open, SMALL);
  const trend = markup`<path class="line" d="${path ?? ''}"/>${end}${signs}`;
  return markup`<svg class="spark" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${spoken}">${trend}</svg>`;
}
