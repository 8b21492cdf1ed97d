import { scaleBand, scaleLinear } from 'd3-scale';
import { stack } from 'd3-shape';
import { markup, type Html } from '../html.ts';
import { label, rowMark } from './axis.ts';
import { drawn, px, type Sheet } from './sheet.ts';
import { drawSigns, legend, swatch, type Sign } from './signs.ts';
import { DURATION } from './unit.ts';

/** The phases of a run in their order. */
const PHASES = ['preflight', 'provision', 'restore', 'recover', 'verify', 'cleanup'];

/** What a run spent its time on. */
export interface RunPhases {
  /** When it began, in words. */
  readonly at: string;
  readonly label: string;
  /** Milliseconds of each phase that was run. */
  readonly phases: Readonly<Record<string, number>>;
  /** What it came to, if it did not pass. */
  readonly sign: Sign | null;
}

const LEFT = 58;
const TOP = 24;
const PLOT = 160;

/** The phases that any of the runs has. */
export function phasesOf(runs: readonly RunPhases[]): string[] {
  return PHASES.filter((phase) => runs.some(({ phases }) => phases[phase] !== undefined));
}

/** One bar for each run, the phases on top of each other. */
export function drawPhaseSplit(
  runs: readonly RunPhases[],
  words: { readonly title: string; readonly description: string },
): { readonly picture: Html; readonly key: Html } {
  const keys = phasesOf(runs);
  const swatches = keys.map((phase) => swatch(`phase-${phase}`, phase));
  const signs = new Set(runs.flatMap(({ sign }) => sign ?? []));
  return {
    picture: drawn({ id: 'phases', ...words, draw: (sheet) => draw(runs, keys, sheet) }),
    key: markup`${swatches}${legend(signs)}`,
  };
}

function draw(all: readonly RunPhases[], keys: readonly string[], sheet: Sheet): { height: number; parts: Html[] } {
  const runs = sheet.name === 'narrow' ? all.slice(-20) : all;
  const right = sheet.width - 12;
  const layers = stack<RunPhases, string>()
    .keys(keys)
    .value(({ phases }, key) => phases[key] ?? 0)([...runs]);
  const end = Math.max(1, ...layers.flatMap((layer) => layer.map(([, top]) => top)));
  const y = scaleLinear([0, end], [TOP + PLOT, TOP]);
  const x = scaleBand([...runs.keys()], [LEFT, right])
    .paddingInner(0.2)
    .paddingOuter(0.1);
  const band = Math.min(x.bandwidth(), 48);
  const at = (index: number): number => (x(index) ?? 0) + (x.bandwidth() - band) / 2;
  const bar = (from: number, to: number, index: number): Html =>
    markup`<rect x="${px(at(index))}" y="${px(y(to))}" width="${px(band)}" height="${px(y(from) - y(to))}"/>`;
  const bars = layers.map((layer) => {
    const rects = layer.map(([from, to], index) => (to > from ? bar(from, to, index) : null));
    return markup`<g class="phase-${layer.key}">${rects}</g>`;
  });
  const tops = runs.flatMap(({ sign }, index) => {
    const top = layers.at(-1)?.[index]?.[1] ?? 0;
    return sign === null ? [] : [{ sign, x: at(index) + band / 2, y: y(top) - 9 }];
  });
  const every = Math.ceil(runs.length / sheet.columns);
  const labels = runs.flatMap(({ label: words }, index) =>
    index % every === 0 ? [label('tick', at(index) + band / 2, TOP + PLOT + 17, 'middle', words)] : [],
  );
  const rows = DURATION.ticks(end, sheet.rows).map((value) => rowMark(y(value), LEFT, right, DURATION.tick(value)));
  return { height: TOP + PLOT + 22, parts: [...rows, ...bars, drawSigns(tops), ...labels] };
}
