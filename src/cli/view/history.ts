import type { History, PastReport, PastRun } from '../../store/past-runs.ts';
import { durationText, secondText } from '../../report/document/words.ts';
import type { DrillReport } from '../../report/report.ts';
import { sparkline } from './sparkline.ts';
import { plain, type Style } from './style.ts';
import { table, widthOf } from './table.ts';
import { describeTarget } from './target-words.ts';

/** The document run by run: there may be many. */
export function* historyJson({ runs, unreadable }: History): Generator<string> {
  yield '{\n  "runs": [';
  for (const [index, { file, report }] of runs.entries()) {
    const { runId, drill, startedAt, verdict, reasons, repo, backup, target, rto, rpo } = report;
    const shown = { runId, drill, startedAt, verdict, reasons, repo, backup, target, rto, rpo, file };
    yield `${index === 0 ? '' : ','}\n    ${indented(shown, 4)}`;
  }
  yield `${runs.length === 0 ? '' : '\n  '}],\n  "unreadable": ${indented(unreadable, 2)}\n}\n`;
}

function indented(value: unknown, columns: number): string {
  return JSON.stringify(value, null, 2).replaceAll('\n', `\n${' '.repeat(columns)}`);
}

/** The table, the trend of each drill, and the runs whose report cannot be read; over lines of `width` columns. */
export function historyText(past: History, reports: string, style: Style = plain, width = Infinity): string {
  if (past.runs.length === 0 && past.unreadable.length === 0) return `No runs in ${reports} yet.\n`;
  return [runTable(past.runs, style, width), trends(past.runs, style), unreadableText(past, style)]
    .filter((part) => part !== '')
    .join('\n');
}

/** What a narrow terminal goes without, first of all first: the id of a run has its time, and its report the rest. */
const DISPENSABLE = ['BACKUP', 'STARTED', 'TARGET', 'RPO'];

function runTable(runs: readonly PastRun[], style: Style, width: number): string {
  if (runs.length === 0) return '';
  // The table is wide already: the repository has a column only where it tells runs from one another.
  const several = new Set(runs.map(({ report }) => report.repo).filter((key) => key !== null)).size > 1;
  const repo = several ? ['REPO'] : [];
  const head = ['STARTED', 'DRILL', 'VERDICT', ...repo, 'BACKUP', 'TARGET', 'RTO', 'RPO', 'RUN'];
  const rows = [head.map((title) => style('dim', title)), ...runs.map(({ report }) => row(report, several, style))];
  const without = (count: number): string => {
    const kept = head.map((title) => !DISPENSABLE.slice(0, count).includes(title));
    return table(rows.map((cells) => cells.filter((_, index) => kept[index])));
  };
  const counts = [...DISPENSABLE.keys(), DISPENSABLE.length];
  return counts.map(without).find((text) => widthOf(text) <= width) ?? without(DISPENSABLE.length);
}

const COLOUR = { passed: 'green', failed: 'red', inconclusive: 'yellow', cancelled: 'yellow' } as const;

function row(report: PastReport, withRepository: boolean, style: Style): string[] {
  return [
    secondText(report.startedAt),
    report.drill,
    style(COLOUR[report.verdict], report.verdict),
    ...(withRepository ? [String(report.repo ?? '-')] : []),
    report.backup ?? '-',
    describeTarget(report.target),
    measured(report.rto, '', style),
    measured(report.rpo, report.rpo.upperBound ? '≤ ' : '', style),
    report.runId,
  ];
}

function measured(
  { measuredMs, objectiveMs, met }: DrillReport['rto'] | DrillReport['rpo'],
  bound: string,
  style: Style,
): string {
  const value = measuredMs === null ? '-' : `${bound}${durationText(measuredMs)}`;
  if (objectiveMs === null) return value;
  // What was not measured is neither met nor missed.
  const mark = met === null ? style('dim', '–') : met ? style('green', '✓') : style('red', '✗');
  return `${value} / ${durationText(objectiveMs)} ${mark}`;
}

const LONGEST_TREND = 40;

/** One line for each drill, and each repository of one, that has measured more than once. */
function trends(runs: readonly PastRun[], style: Style): string {
  const severalOf = new Map(
    [...Map.groupBy(runs, ({ report }) => report.drill)].map(([drill, of]) => [
      drill,
      new Set(of.map(({ report }) => report.repo)).size > 1,
    ]),
  );
  const nameOf = ({ report }: PastRun): string =>
    severalOf.get(report.drill) === true ? `${report.drill}, repository ${report.repo ?? '-'}` : report.drill;
  const rows = [...Map.groupBy(runs, nameOf)].flatMap(([drill, of]) => {
    const values = of.slice(-LONGEST_TREND).map(({ report }) => report.rto.measuredMs);
    const numbers = values.filter((value) => value !== null);
    const last = numbers.at(-1);
    if (last === undefined || numbers.length < 2) return [];
    const range = `${durationText(Math.min(...numbers))} to ${durationText(Math.max(...numbers))}, last ${durationText(last)}`;
    return [[style('dim', `RTO of ${drill}`), sparkline(values), range]];
  });
  return table(rows);
}

function unreadableText({ unreadable }: History, style: Style): string {
  if (unreadable.length === 0) return '';
  const lines = unreadable.map(({ file, problem }) => `  ${style('yellow', '!')} ${file}: ${problem}\n`);
  return `Without a readable report:\n${lines.join('')}`;
}
