import { scaleLinear, scaleUtc, type ScaleLinear, type ScaleTime } from 'd3-scale';
import { curveStepAfter, line } from 'd3-shape';
import { markup, type Html } from '../html.ts';
import { columnMark, label, rowMark } from './axis.ts';
import { MONTHS } from './calendar.ts';
import { drawn, px, type Sheet } from './sheet.ts';
import { drawSigns, legend, type Sign } from './signs.ts';
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
interface TimeMark {
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

/** Signs that lie less than this apart are one. */
const APART = 10;

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
  const labels = names.length > 1 ? apart(names.map((name) => y(lastOf(points, name)))) : [];
  const bottom = TOP + PLOT + (marks.length > 0 ? STRIP : 0);
  const parts = [
    ...unit.ticks(end, sheet.rows).map((value) => rowMark(y(value), LEFT, right, unit.tick(value))),
    ...x
      .ticks(sheet.columns)
      // Within a minute they would all say the same.
      .filter((at, index, all) => index === 0 || dateTick(at) !== dateTick(all[index - 1] ?? at))
      .map((at) => columnMark(x(at), bottom, x(at) > right - 20 ? 'end' : 'middle', dateTick(at))),
    ...promise(points, shown.length > 0 || objectives.length === 0, { x, y, right, unit }),
    ...names.flatMap((name, index) =>
      drawSeries(points, { name, index, labelY: labels[index] ?? null }, { x, y, right }),
    ),
    ...strip(marks, x, bottom, right),
  ];
  return { height: bottom + 22, parts };
}

function lastOf(points: readonly TimePoint[], name: string): number {
  return points.findLast(({ series: of }) => of === name)?.value ?? 0;
}

const LABEL = 14;

/** Heights of labels in their order, pushed down until none lies on another. */
export function apart(heights: readonly number[]): number[] {
  const placed = [...heights];
  let free = -Infinity;
  for (const [index, height] of [...heights.entries()].toSorted(([, a], [, b]) => a - b)) {
    placed[index] = Math.max(height, free);
    free = (placed[index] ?? height) + LABEL;
  }
  return placed;
}

/** A time axis needs two ends: around a single run it shows a day on both sides. */
function spanOf(items: readonly { readonly at: number }[]): [number, number] {
  const times = items.map(({ at }) => at);
  const [from, to] = [Math.min(...times), Math.max(...times)];
  return from === to ? [from - 86_400_000, to + 86_400_000] : [from, to];
}

/** A mark of a time axis in the words of its size: `2026`, `Nov`, `21 Nov`, `03:00`. */
export function dateTick(at: Date): string {
  const [time, month] = [at.toISOString().slice(11, 16), MONTHS[at.getUTCMonth()] ?? ''];
  if (time !== '00:00') return time;
  if (at.getUTCDate() !== 1) return `${at.getUTCDate()} ${month}`;
  return at.getUTCMonth() === 0 ? String(at.getUTCFullYear()) : month;
}

interface Frame {
  readonly x: X;
  readonly y: Y;
}

/** What was promised, as a line of steps; where it is far above, words say so. */
function promise(
  points: readonly TimePoint[],
  onScale: boolean,
  { x, y, right, unit }: Frame & { right: number; unit: Unit },
): Html[] {
  const promised = points.flatMap(({ at, objective: value }) => (value === null ? [] : [{ at, value }]));
  const last = promised.at(-1);
  if (!last) return [];
  const text = `objective ${unit.promised(last.value)}`;
  if (!onScale) {
    return [label('objective-label', right, 14, 'end', `${text}, far above ↑`)];
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
    markup`<path class="objective" d="${path}"/>`,
    label('objective-label', right, Math.max(14, y(last.value) - 6), 'end', text),
  ];
}

function drawSeries(
  points: readonly TimePoint[],
  { name, index, labelY }: { name: string; index: number; labelY: number | null },
  { x, y, right }: Frame & { right: number },
): Html[] {
  const own = points.filter((point) => point.series === name);
  const path = line<TimePoint>(
    ({ at }) => x(at),
    ({ value }) => y(value),
  ).digits(1)(own);
  const words = labelY === null ? null : label('series-label', right + 4, labelY + 4, 'start', name);
  const color = `series series-${index % 4}`;
  const signs = drawSigns(own.map(({ at, value, sign }) => ({ sign, x: x(at), y: y(value) })));
  return [markup`<g class="${color}"><path class="line" d="${path}"/>${signs}${words}</g>`];
}

/** The worst first: of runs that would lie on each other one is drawn. */
const WORST: readonly Sign[] = ['failed', 'killed', 'missed', 'no-answer'];

/** Below the plot: the runs that did not pass, and those that were missed. */
function strip(marks: readonly TimeMark[], x: X, bottom: number, right: number): Html[] {
  if (marks.length === 0) return [];
  const slots = Map.groupBy(marks, ({ at }) => Math.floor(x(at) / APART));
  const places = [...slots.values()].flatMap((of) => {
    const worst = of.toSorted((a, b) => WORST.indexOf(a.sign) - WORST.indexOf(b.sign)).slice(0, 1);
    return worst.map(({ at, sign }) => ({ sign, x: x(at), y: bottom - STRIP / 2 + 1 }));
  });
  const [top, width] = [bottom - STRIP + 3, px(right - LEFT)];
  return [
    markup`<rect class="strip" x="${LEFT}" y="${top}" width="${width}" height="${STRIP - 4}" rx="3"/>`,
    drawSigns(places),
  ];
}
