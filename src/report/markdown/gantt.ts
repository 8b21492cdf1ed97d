import { durationText, promisedText } from '../document/words.ts';
import type { PhaseBar, PhaseChart } from '../document/phase-chart.ts';

const SECONDS = 1000;
const HOUR = 3_600_000;

/**
 * The phases as a Mermaid gantt: GitHub draws it, but strips inline SVG. Mermaid knows no plain offsets, so they count from
 * a midnight that is written and read without a zone and comes out the same wherever the page is opened.
 */
export function renderGantt(chart: PhaseChart): string {
  const firstCounted = chart.bars.findIndex((bar) => bar.countsTowardsRto);
  const lastCounted = chart.bars.findLastIndex((bar) => bar.countsTowardsRto);
  const before = firstCounted < 0 ? chart.bars : chart.bars.slice(0, firstCounted);
  const counted = firstCounted < 0 ? [] : chart.bars.slice(firstCounted, lastCounted + 1);
  const after = firstCounted < 0 ? [] : chart.bars.slice(lastCounted + 1);
  const lines = [
    'gantt',
    '  title Phases of the run, in time since its start',
    '  dateFormat YYYY-MM-DD HH:mm:ss.SSS',
    `  axisFormat ${axisFormat(chart)}`,
    ...section('before', before.map(task)),
    ...section('RTO', [...counted.map(task), ...objectiveMark(chart)]),
    ...section('after', after.map(task)),
  ];
  return ['```mermaid', ...lines, '```', ...caption(chart)].join('\n');
}

function section(title: string, tasks: readonly string[]): string[] {
  return tasks.length === 0 ? [] : [`  section ${title}`, ...tasks];
}

function task({ id, status, countsTowardsRto, offsetMs, durationMs }: PhaseBar): string {
  const tag = status === 'failed' ? 'crit' : countsTowardsRto ? 'active' : 'done';
  const title = `${id}${status === 'failed' ? ' failed' : ''}, ${durationText(durationMs)}`;
  return `    ${title} :${tag}, ${atOffset(offsetMs)}, ${Math.max(durationMs, 1)}ms`;
}

function objectiveMark({ objective }: PhaseChart): string[] {
  if (!objective?.onScale) return [];
  return [
    `    RTO objective ${promisedText(objective.objectiveMs)} :milestone, crit, ${atOffset(objective.atMs)}, 0ms`,
  ];
}

function caption({ objective }: PhaseChart): string[] {
  if (objective === null || objective.onScale) return [];
  return ['', `The RTO objective of ${promisedText(objective.objectiveMs)} lies far to the right of this chart.`];
}

function axisFormat({ totalMs }: PhaseChart): string {
  if (totalMs < 10 * SECONDS) return '%S.%L';
  return totalMs < HOUR ? '%M:%S' : '%H:%M:%S';
}

function atOffset(ms: number): string {
  return new Date(Date.UTC(2000, 0, 1) + ms).toISOString().replace('T', ' ').replace('Z', '');
}
