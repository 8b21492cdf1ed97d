import { scaleLinear, scaleUtc, type ScaleLinear, type ScaleTime } from 'd3-scale';
import { curveStepAfter, line } from 'd3-shape';
import { html, type Html } from '../html.ts';
import { drawn, px, type Sheet } from './sheet.ts';
import { drawSign, legend, type Sign } from './signs.ts';
import type { Unit } from './unit.ts';

/** Something that was measured at a time. */
export interface TimePoint {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly value: number;
  /** What was promised then; null: nothing. */
  readonly objective: number | null;
  readonly sign: Sign;
  /** Which line it belongs to. */
  readonly series: string;
}

/** A run that did not pass, whatever it measured. */
export interface TimeMark {
  readonly at: number;
  readonly sign: Sign;
}

/** A value over time, against what was promised. */
export interface OverTime {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly unit: Unit;
  /** Oldest first. */
  readonly points: readonly TimePoint[];
  readonly marks: readonly TimeMark[];
}

const LEFT = 58;
const TOP = 24;
const PLOT = 150;
const STRIP = 22;

/** An objective that lies this much higher than all that was measured would leave nothing to see of it. */
const FAR = 4;

type X = ScaleTime<number, number>;
type Y = ScaleLinear<number, number>;

/** The picture, and below it what its signs mean. */
export function drawOverTime(chart: OverTime): { readonly picture: Html; readonly key: Html } {
  const { id, title, description, points, marks } = chart;
  const signs = new Set([...points, ...marks].map(({ sign }) => sign));
  return { picture: drawn({ id, title, description, draw: (sheet) => draw(chart, sheet) }), key: legend(signs) };
}

function draw({ unit, points, marks }: OverTime, sheet: Sheet): { height: number; parts: Html[] } {
  const names = [...new Set(points.map(({ series }) => series))];
  const right = sheet.width - (names.length > 1 ? 66 : 12);
  const x = scaleUtc(spanOf([...points, ...marks]), [LEFT + 6, right - 6]);
  const greatest = Math.max(1, ...points.map(({ value }) => value));
  const objectives = points.flatMap(({ objective }) => objective ?? []);
  const shown = objectives.filter((objective) => objective <= greatest * FAR);
  const end = Math.max(greatest, ...shown) * 1.06;
  const y = scaleLinear([0, end], [TOP + PLOT, TOP]);
  const bottom = TOP + PLOT + (marks.length > 0 ? STRIP : 0);
  const parts = [
    ...unit.ticks(end, sheet.rows).map((value) => row(y(value), unit.tick(value), right)),
    ...x.ticks(sheet.columns).map((at) => column(x(at), x.tickFormat()(at), bottom, right)),
    ...objective(points, shown.length > 0 || objectives.length === 0, { x, y, right, unit }),
    ...names.flatMap((name, index) => series(points, { name, index, many: names.length > 1 }, { x, y })),
    ...strip(marks, x, bottom, right),
  ];
  return { height: bottom + 22, parts };
}

/** A time axis needs two ends: around a single run it shows a day on both sides. */
function spanOf(items: readonly { readonly at: number }[]): [number, number] {
  const times = items.map(({ at }) => at);
  const [from, to] = [Math.min(...times), Math.max(...times)];
  return from === to ? [from - 86_400_000, to + 86_400_000] : [from, to];
}

function row(y: number, text: string, right: number): Html {
  return html`<line class="grid" x1="${LEFT}" x2="${right}" y1="${px(y)}" y2="${px(y)}" /><text
      class="tick"
      x="${LEFT - 8}"
      y="${px(y + 4)}"
      text-anchor="end"
      >${text}</text
    >`;
}

function column(x: number, text: string, bottom: number, right: number): Html {
  const anchor = x > right - 20 ? 'end' : 'middle';
  return html`<line class="grid" x1="${px(x)}" x2="${px(x)}" y1="${bottom}" y2="${bottom + 4}" /><text
      class="tick"
      x="${px(x)}"
      y="${bottom + 17}"
      text-anchor="${anchor}"
      >${text}</text
    >`;
}

interface Frame {
  readonly x: X;
  readonly y: Y;
}

/** What was promised, as a line of steps; where it is far above, words say so. */
function objective(
  points: readonly TimePoint[],
  onScale: boolean,
  { x, y, right, unit }: Frame & { right: number; unit: Unit },
): Html[] {
  const promised = points.flatMap(({ at, objective: value }) => (value === null ? [] : [{ at, value }]));
  const last = promised.at(-1);
  if (!last) return [];
  const text = `objective ${unit.text(last.value)}`;
  if (!onScale) {
    return [html`<text class="objective-label" x="${right}" y="14" text-anchor="end">${text}, far above ↑</text>`];
  }
  const steps = line<{ x: number; y: number }>(
    (step) => step.x,
    (step) => step.y,
  ).curve(curveStepAfter);
  // Where nothing changed there is no need of a step.
  const changes = promised.filter(({ value }, index) => value !== promised[index - 1]?.value);
  const corners = changes.map(({ at, value }, index) => ({ x: index === 0 ? LEFT : x(at), y: y(value) }));
  const path = steps.digits(1)([...corners, { x: right, y: y(last.value) }]);
  return [
    html`<path class="objective" fill="none" d="${path}" /><text
        class="objective-label"
        x="${right}"
        y="${px(Math.max(14, y(last.value) - 6))}"
        text-anchor="end"
        >${text}</text
      >`,
  ];
}

function series(
  points: readonly TimePoint[],
  { name, index, many }: { name: string; index: number; many: boolean },
  { x, y }: Frame,
): Html[] {
  const own = points.filter((point) => point.series === name);
  const path = line<TimePoint>(
    ({ at }) => x(at),
    ({ value }) => y(value),
  ).digits(1)(own);
  const last = own.at(-1);
  const label =
    many && last
      ? html`<text class="series-label" x="${px(x(last.at) + 8)}" y="${px(y(last.value) + 4)}">${name}</text>`
      : null;
  const color = `series series-${index % 4}`;
  return [
    html`<g class="${color}"
      ><path
        class="line"
        fill="none"
        d="${path}"
      />${own.map(({ at, value, sign }) => drawSign(sign, x(at), y(value)))}${label}</g
    >`,
  ];
}

/** Below the plot: the runs that did not pass. Those that would lie on each other are drawn once. */
function strip(marks: readonly TimeMark[], x: X, bottom: number, right: number): Html[] {
  if (marks.length === 0) return [];
  const places = new Map(marks.map(({ at, sign }) => [`${Math.round(x(at) / 4)} ${sign}`, { at: x(at), sign }]));
  const signs = [...places.values()].map(({ at, sign }) => drawSign(sign, at, bottom - STRIP / 2 + 1));
  return [
    html`<rect
      class="strip"
      x="${LEFT}"
      y="${bottom - STRIP + 3}"
      width="${px(right - LEFT)}"
      height="${STRIP - 4}"
      rx="3"
    />`,
    ...signs,
  ];
}
