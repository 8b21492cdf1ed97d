import { scaleBand, scaleLinear } from 'd3-scale';
import { stack } from 'd3-shape';
import { html, type Html } from '../html.ts';
import { drawn, px, type Sheet } from './sheet.ts';
import { drawSign, legend, type Sign } from './signs.ts';
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
  const swatches = keys.map(
    (phase) =>
      html`<span
        ><svg class="key" viewBox="0 0 12 12" aria-hidden="true">
          <rect class="phase-${phase}" width="12" height="12" rx="2" />
        </svg>
        ${phase}</span
      > `,
  );
  const signs = new Set(runs.flatMap(({ sign }) => sign ?? []));
  return {
    picture: drawn({ id: 'phases', ...words, draw: (sheet) => draw(runs, keys, sheet) }),
    key: html`${swatches}${legend(signs)}`,
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
  const bars = layers.map(
    (layer) =>
      html`<g class="phase-${layer.key}"
        >${layer.map(([from, to], index) =>
          to > from
            ? html`<rect x="${px(at(index))}" y="${px(y(to))}" width="${px(band)}" height="${px(y(from) - y(to))}" />`
            : null,
        )}</g
      >`,
  );
  const tops = runs.flatMap(({ sign }, index) => {
    const top = layers.at(-1)?.[index]?.[1] ?? 0;
    return sign === null ? [] : [drawSign(sign, at(index) + band / 2, y(top) - 9)];
  });
  const every = Math.ceil(runs.length / sheet.columns);
  const labels = runs.map(({ label }, index) =>
    index % every === 0
      ? html`<text class="tick" x="${px(at(index) + band / 2)}" y="${TOP + PLOT + 17}" text-anchor="middle"
          >${label}</text
        >`
      : null,
  );
  const rows = DURATION.ticks(end, sheet.rows).map(
    (value) =>
      html`<line class="grid" x1="${LEFT}" x2="${right}" y1="${px(y(value))}" y2="${px(y(value))}" /><text
          class="tick"
          x="${LEFT - 8}"
          y="${px(y(value) + 4)}"
          text-anchor="end"
          >${DURATION.tick(value)}</text
        >`,
  );
  return { height: TOP + PLOT + 22, parts: [...rows, ...bars, ...tops, html`${labels}`] };
}
