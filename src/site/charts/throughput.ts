import { scaleLinear, type ScaleLinear } from 'd3-scale';
import { markup, type Html } from '../html.ts';
import { columnMark, rowMark } from './axis.ts';
import { drawn, type Sheet } from './sheet.ts';
import { drawSigns } from './signs.ts';
import { RATE, SIZE } from './unit.ts';

/** How fast a restore was. */
export interface Throughput {
  readonly bytes: number;
  readonly bytesPerSecond: number;
}

const LEFT = 70;
const TOP = 12;
const PLOT = 160;

/** The speed of each restore over the size of the cluster. */
export function drawThroughput(
  restores: readonly Throughput[],
  words: { readonly title: string; readonly description: string },
): Html {
  return drawn({ id: 'throughput', ...words, draw: (sheet) => draw(restores, sheet) });
}

function draw(restores: readonly Throughput[], sheet: Sheet): { height: number; parts: Html[] } {
  const right = sheet.width - 16;
  const bottom = TOP + PLOT;
  const x = scaleLinear([0, endOf(restores.map(({ bytes }) => bytes))], [LEFT, right]);
  const y = scaleLinear([0, endOf(restores.map(({ bytesPerSecond }) => bytesPerSecond))], [bottom, TOP]);
  const rows = RATE.ticks(greatest(y), sheet.rows).map((value) => rowMark(y(value), LEFT, right, RATE.tick(value)));
  const columns = SIZE.ticks(greatest(x), sheet.columns).map((value) =>
    columnMark(x(value), bottom, 'middle', SIZE.tick(value)),
  );
  const signs = drawSigns(
    restores.map(({ bytes, bytesPerSecond }) => ({ sign: 'met' as const, x: x(bytes), y: y(bytesPerSecond) })),
  );
  return { height: bottom + 24, parts: [...rows, ...columns, markup`<g class="series series-0">${signs}</g>`] };
}
/** Some room above the greatest. */
function endOf(values: readonly number[]): number {
  return Math.max(1, ...values) * 1.08;
}

function greatest(scale: ScaleLinear<number, number>): number {
  return scale.domain()[1] ?? 1;
}
