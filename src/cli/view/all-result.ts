import { join } from 'node:path';
import { durationText } from '../../report/document/words.ts';
import { fallbackText } from '../../report/document/fallback.ts';
import { isWarning, orderedReasons } from '../../report/document/reasons.ts';
import { verdictText } from '../../report/document/verdict.ts';
import type { DrillReport } from '../../report/report.ts';
import { visible } from '../../report/visible.ts';
import type { NotRun, Outcome } from '../all/one-drill.ts';
import { plain, type Style } from './style.ts';
import { tableWithin } from './table.ts';
import { describeTarget } from './target-words.ts';
import { wrap } from './wrap.ts';

/** What all drills of one command came to. */
export interface AllResult {
  readonly startedAt: string;
  readonly finishedAt: string;
  /** The worst of all. */
  readonly exitStatus: number;
  readonly drills: readonly Outcome[];
  /** Those that were not run, and why. */
  readonly notRun: readonly NotRun[];
}

const HEAD = ['DRILL', 'VERDICT', 'REPO', 'BACKUP', 'TARGET', 'RTO', 'RPO', 'WHY'];

/** What a narrow terminal goes without, first of all first. */
const DISPENSABLE = ['WHY', 'TARGET', 'BACKUP', 'RPO', 'RTO', 'REPO'];

const COLOUR = { passed: 'green', failed: 'red', inconclusive: 'yellow', cancelled: 'yellow' } as const;

/** The scorecard of all drills, over lines of `width` columns, and what there is to do about those that did not pass. */
export function allResultText(
  { drills, notRun, exitStatus }: AllResult,
  style: Style = plain,
  width = Infinity,
): string {
  const rows = drills.flatMap((one) => rowsOf(one, style));
  const head = HEAD.map((title) => style('dim', title));
  const shown = drills.some(({ why }) => why !== null) ? DISPENSABLE : DISPENSABLE.slice(1);
  const columns = (row: readonly string[]): readonly string[] => (shown === DISPENSABLE ? row : row.slice(0, -1));
  const table =
    rows.length === 0 ? '' : tableWithin([columns(head), ...rows.map(columns)], [...columns(HEAD)], shown, width);
  return [
    table,
    ...drills.flatMap((one) => faultsOf(one, style, width)),
    ...notRun.map(({ drill, why }) => `${style('dim', '–')} ${wrap(`${visible(drill)}: ${why}`, width, 2)}\n`),
    `${countText(drills)}; exit status ${exitStatus}\n`,
  ].join('');
}

function rowsOf({ drill, reports, exitStatus, why }: Outcome, style: Style): string[][] {
  const because = why ?? '';
  if (reports.length === 0)
    return [
      [
        visible(drill),
        style(exitStatus === 0 ? 'dim' : 'red', `no run (exit status ${exitStatus})`),
        '-',
        '-',
        '-',
        '-',
        '-',
        because,
      ],
    ];
  return reports.map((report) => [
    visible(report.drill),
    style(COLOUR[report.verdict], verdictText(report)),
    String(report.copies.find(({ thisRun }) => thisRun)?.key ?? report.source.repo?.key ?? '-'),
    report.source.backup?.label ?? '-',
    describeTarget(report.target),
    measured(report.rto, '', style),
    measured(report.rpo, report.rpo.upperBound ? '≤ ' : '', style),
    because,
  ]);
}

function measured({ measuredMs, met }: DrillReport['rto'] | DrillReport['rpo'], bound: string, style: Style): string {
  if (measuredMs === null) return '-';
  const mark = met === null ? '' : met ? ` ${style('green', '✓')}` : ` ${style('red', '✗')}`;
  return `${bound}${durationText(measuredMs)}${mark}`;
}

/** What the table has no room for: why a drill did not pass, and what to do next. */
function faultsOf({ drill, reports, reportsDirectory, said }: Outcome, style: Style, width: number): string[] {
  if (reports.length === 0)
    return said === '' ? [] : [`${style('red', '✗')} ${visible(drill)}\n${indented(said, width)}`];
  return reports
    .filter(({ verdict }) => verdict !== 'passed')
    .flatMap((report) => {
      const [reason] = orderedReasons(report.reasons).filter((one) => !isWarning(one));
      const why = reason === undefined ? report.verdict : `${reason.code}: ${reason.message}`;
      const file = join(reportsDirectory ?? '', report.drill, report.runId, 'report.md');
      return [
        `${style(COLOUR[report.verdict], '✗')} ${wrap(`${visible(report.drill)}: ${why}`, width, 2)}\n`,
        ...(reason === undefined || reason.hint === null ? [] : [`  next    ${wrap(reason.hint, width, 10)}\n`]),
        `  report  ${wrap(file, width, 10)}\n`,
        ...(report.fallback === null
          ? []
          : [`  ${wrap(report.fallback.result ?? fallbackText(report.fallback), width, 10)}\n`]),
      ];
    });
}

/** What a drill said, each line below its name and as far in as it was. */
function indented(text: string, width: number): string {
  const lines = text.trimEnd().split('\n');
  return lines.map((line) => belowName(line.trimStart(), line.length - line.trimStart().length, width)).join('');
}

function belowName(line: string, inset: number, width: number): string {
  return `  ${' '.repeat(inset)}${wrap(line, width, inset + 4)}\n`;
}

function countText(drills: readonly Outcome[]): string {
  const reports = drills.flatMap((one) => one.reports);
  const counts = (Object.keys(COLOUR) as (keyof typeof COLOUR)[])
    .map((verdict) => ({ verdict, count: reports.filter((report) => report.verdict === verdict).length }))
    .filter(({ count }) => count > 0)
    .map(({ verdict, count }) => `${count} ${verdict}`);
  const without = drills.filter((one) => one.reports.length === 0).length;
  const all = [...counts, ...(without === 0 ? [] : [`${without} without a run`])];
  return `${drills.length} ${drills.length === 1 ? 'drill' : 'drills'}${all.length === 0 ? '' : `: ${all.join(', ')}`}`;
}
