import { scaleLinear } from 'd3-scale';
import { html, type Html } from '../html.ts';
import { drawn, px, type Sheet } from './sheet.ts';
import { drawSign } from './signs.ts';
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
  const endOf = (values: readonly number[]): number => Math.max(1, ...values) * 1.08;
  const x = scaleLinear([0, endOf(restores.map(({ bytes }) => bytes))], [LEFT, right]);
  const y = scaleLinear([0, endOf(restores.map(({ bytesPerSecond }) => bytesPerSecond))], [bottom, TOP]);
  const rows = RATE.ticks(y.domain()[1] ?? 1, sheet.rows).map(
    (value) =>
      html`<line class="grid" x1="${LEFT}" x2="${right}" y1="${px(y(value))}" y2="${px(y(value))}" /><text
          class="tick"
          x="${LEFT - 8}"
          y="${px(y(value) + 4)}"
          text-anchor="end"
          >${RATE.tick(value)}</text
        >`,
  );
  const columns = SIZE.ticks(x.domain()[1] ?? 1, sheet.columns).map(
    (value) =>
      html`<line class="grid" x1="${px(x(value))}" x2="${px(x(value))}" y1="${bottom}" y2="${bottom + 4}" /><text
          class="tick"
          x="${px(x(value))}"
          y="${bottom + 17}"
          text-anchor="middle"
          >${SIZE.tick(value)}</text
        >`,
  );
  const signs = restores.map(({ bytes, bytesPerSecond }) => drawSign('met', x(bytes), y(bytesPerSecond)));
  return { height: bottom + 24, parts: [...rows, ...columns, html`<g class="series series-0">${signs}</g>`] };
}
