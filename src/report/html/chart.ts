import { encodeDuration, formatDuration } from '../../core/duration.ts';
import type { PhaseBar, PhaseChart } from '../document/phase-chart.ts';
import { durationText, promisedText } from '../document/words.ts';

const LEFT = 92;
const RIGHT = 84;
const TOP = 42;
const ROW = 27;

/** Widths in pixels that a chart is drawn for, so that its words are as large as those around it. */
const WIDE = { width: 760, mostTicks: 6, name: 'wide' } as const;
const NARROW = { width: 344, mostTicks: 3, name: 'narrow' } as const;
type Sheet = typeof WIDE | typeof NARROW;

/** Steps of the axis in milliseconds that people read easily. */
const STEPS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000,
  900_000, 1_800_000, 3_600_000, 7_200_000, 14_400_000, 28_800_000, 86_400_000, 604_800_000,
];

/**
 * The phases of a run against its RTO objective as inline SVG, once for a wide screen and once for a narrow one; the style of
 * the page shows the one that fits. Its colours are classes of the page, for light and dark.
 */
export function renderChart(chart: PhaseChart): string {
  return `${draw(chart, WIDE)}\n${draw(chart, NARROW)}`;
}

function draw(chart: PhaseChart, sheet: Sheet): string {
  const endMs = Math.max(chart.totalMs, chart.objective?.onScale ? chart.objective.atMs * 1.02 : 0, 1);
  const plot = sheet.width - LEFT - RIGHT;
  const x = (ms: number): number => round(LEFT + (ms / endMs) * plot);
  const bottom = TOP + chart.bars.length * ROW;
  const parts = [
    ...rtoBand(chart, x, bottom),
    ...ticks(endMs, sheet.mostTicks).map((ms) => tick(ms, x(ms), bottom)),
    ...chart.bars.map((bar, index) => renderBar(bar, x, TOP + index * ROW, sheet)),
    ...objectiveLine(chart, x, bottom, sheet),
    ...rtoLabel(chart, x, sheet),
  ];
  return `<svg class="chart ${sheet.name}" viewBox="0 0 ${sheet.width} ${bottom + 26}" role="img" aria-label="${spoken(chart)}">\n${parts.join('\n')}\n</svg>`;
}

type Scale = (ms: number) => number;

function renderBar(
  { id, status, countsTowardsRto, offsetMs, durationMs }: PhaseBar,
  x: Scale,
  y: number,
  { width: sheetWidth }: Sheet,
): string {
  const style = status === 'failed' ? 'bar-failed' : countsTowardsRto ? 'bar-counted' : 'bar-other';
  const width = Math.max(2, round(x(offsetMs + durationMs) - x(offsetMs)));
  const middle = y + ROW / 2 + 4;
  const failed = status === 'failed' ? ' ✗' : '';
  return [
    `<text class="label" x="${LEFT - 10}" y="${middle}" text-anchor="end">${id}${failed}</text>`,
    `<rect class="${style}" x="${x(offsetMs)}" y="${y + 5}" width="${width}" height="${ROW - 10}" rx="2"/>`,
    `<text class="took" x="${sheetWidth - RIGHT + 10}" y="${middle}">${durationText(durationMs)}</text>`,
  ].join('');
}

function rtoBand({ rto }: PhaseChart, x: Scale, bottom: number): string[] {
  if (!rto) return [];
  const from = x(rto.fromMs);
  const width = round(x(rto.fromMs + rto.measuredMs) - from);
  return [`<rect class="rto-band" x="${from}" y="${TOP - 6}" width="${width}" height="${bottom - TOP + 6}"/>`];
}

function rtoLabel({ rto }: PhaseChart, x: Scale, sheet: Sheet): string[] {
  if (!rto) return [];
  return [
    `<text class="rto-label" ${anchored(x(rto.fromMs), sheet)} y="${TOP - 11}">RTO ${durationText(rto.measuredMs)}</text>`,
  ];
}

function objectiveLine({ objective }: PhaseChart, x: Scale, bottom: number, sheet: Sheet): string[] {
  if (!objective) return [];
  const text = `objective ${promisedText(objective.objectiveMs)}`;
  if (!objective.onScale)
    return [
      `<text class="objective-label" x="${sheet.width - RIGHT}" y="14" text-anchor="end">${text}, far to the right →</text>`,
    ];
  const at = x(objective.atMs);
  return [
    `<line class="objective" x1="${at}" y1="20" x2="${at}" y2="${bottom}"/>`,
    `<text class="objective-label" ${anchored(at, sheet)} y="14">${text}</text>`,
  ];
}

/** Text at a point, grown to the side that has room. */
function anchored(x: number, { width }: Sheet): string {
  return x > width / 2 ? `x="${x}" text-anchor="end"` : `x="${x}" text-anchor="start"`;
}

/** Marks of an axis of durations from 0 to `endMs`, at most about `most`. */
export function ticks(endMs: number, most: number): number[] {
  const step = STEPS.find((candidate) => endMs / candidate <= most) ?? endMs;
  return Array.from({ length: Math.floor(endMs / step) + 1 }, (_, index) => index * step);
}

function tick(ms: number, x: number, bottom: number): string {
  return `<line class="grid" x1="${x}" y1="${TOP - 6}" x2="${x}" y2="${bottom}"/><text class="tick" x="${x}" y="${bottom + 17}" text-anchor="middle">${tickText(ms)}</text>`;
}

/** The words at a mark of an axis of durations. */
export function tickText(ms: number): string {
  if (ms === 0) return '0';
  return ms < 60_000 ? `${ms / 1000} s` : encodeDuration(Math.round(ms));
}

function spoken({ bars, objective }: PhaseChart): string {
  const phases = bars.map(
    ({ id, status, durationMs }) => `${id}${status === 'failed' ? ' (failed)' : ''} ${formatDuration(durationMs)}`,
  );
  return `Phases of the run: ${phases.join(', ')}${objective ? `; RTO objective ${promisedText(objective.objectiveMs)}` : ''}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
