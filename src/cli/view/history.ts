import type { EndedRun, MissedDue } from '../../store/ledger/index-answers.ts';
import { ADOPT, type History, type PastRun, type RunList, type RunWithoutReport } from '../../store/past-runs.ts';
import type { PastSelfTest } from '../../store/past-self-tests.ts';
import type { SelfTestStanding } from '../../store/self-test-standing.ts';
import { durationText, secondText } from '../../report/document/words.ts';
import { sparkline } from './sparkline.ts';
import { plain, type Style } from './style.ts';
import { table, tableWithin } from './table.ts';
import { describeTarget } from './target-words.ts';
import { wrap } from './wrap.ts';

/** The document run by run: there may be many. */
export function* historyJson(
  { runs, fallbacks, ...others }: History,
  selfTests: readonly PastSelfTest[],
): Generator<string> {
  yield '{\n  "runs": [';
  yield* entries(runs.map(shownRun));
  const { withoutReport, unrecorded, missed, unreadableLines } = others;
  yield `${runs.length === 0 ? '' : '\n  '}],\n  "fallbacks": [`;
  yield* entries(
    fallbacks.map((past) => ({ fallbackOf: past.fallbackOf, ...shownRun(past), recoveredTo: past.recoveredTo })),
  );
  yield `${fallbacks.length === 0 ? '' : '\n  '}],\n  "withoutReport": ${indented(withoutReport, 2)}`;
  yield `,\n  "unrecorded": ${indented(unrecorded, 2)},\n  "missed": ${indented(missed, 2)},\n  "selfTests": ${indented(selfTests, 2)},\n  "unreadableLines": ${unreadableLines}\n}\n`;
}

function* entries(shown: Iterable<object>): Generator<string> {
  let isFirst = true;
  for (const one of shown) {
    yield `${isFirst ? '' : ','}\n    ${indented(one, 4)}`;
    isFirst = false;
  }
}

function shownRun(past: PastRun): object {
  const {
    run: runId,
    number,
    drill,
    startedAt,
    verdict,
    reasons,
    copy,
    backup,
    target,
    rto,
    rpo,
    recorded,
    file,
  } = past;
  const names = { runId, number, drill, startedAt, verdict, reasons, repo: copy?.key ?? null };
  const told = { ...names, backup: backup?.label ?? null, target, rto, rpo, recorded, file };
  return past.walFetch === undefined ? told : { ...told, walFetch: past.walFetch };
}

function indented(value: unknown, columns: number): string {
  return JSON.stringify(value, null, 2).replaceAll('\n', `\n${' '.repeat(columns)}`);
}

/** All runs in short, and the last of them in full. */
export interface ShownHistory extends RunList {
  /** Oldest first. */
  readonly last: readonly PastRun[];
  /** The fallbacks of these. */
  readonly lastFallbacks: readonly PastRun[];
  /** Whether drills were shown to fail when they must; null: nothing is on record of that. */
  readonly selfTest: SelfTestStanding | null;
}

/** The table of the last runs, the trend of each drill, and what is not on record; over lines of `width` columns. */
export function historyText(past: ShownHistory, reports: string, style: Style = plain, width = Infinity): string {
  const parts = [
    runTable(past, style, width),
    trends(past.ended, style),
    selfTestText(past.selfTest, style, width),
    problemsText(past, style),
  ];
  return parts.filter((part) => part !== '').join('\n') || `No runs in ${reports} yet.\n`;
}

/** What a narrow terminal goes without, first of all first: the id of a run has its time, and its report the rest. */
const DISPENSABLE = ['BACKUP', 'STARTED', 'TARGET', 'RPO'];

function runTable(
  { last: runs, lastFallbacks, ended, withoutReport, missed }: ShownHistory,
  style: Style,
  width: number,
): string {
  // The table is wide already: the repository has a column only where it tells runs from one another.
  const several = new Set([...runs, ...lastFallbacks].flatMap(({ copy }) => copy?.key ?? [])).size > 1;
  const repo = several ? ['REPO'] : [];
  const head = ['STARTED', 'DRILL', 'VERDICT', ...repo, 'BACKUP', 'TARGET', 'RTO', 'RPO', 'RUN'];
  const hidden = ended.length - runs.length;
  const since = hidden > 0 ? (runs[0]?.startedAt ?? '') : '';
  const lines = [
    ...[...runs, ...lastFallbacks].map((run) => ({ at: run.startedAt, cells: row(run, several, style) })),
    ...withoutReport
      .filter(({ state, startedAt }) => state !== 'withdrawn' && startedAt >= since)
      .map((run) => ({ at: run.startedAt, cells: emptyRow(run, head.length, style) })),
    ...gapsIn(missed, [...runs, ...withoutReport])
      .filter(({ until }) => until >= since)
      .map((gap) => ({ at: gap.from, cells: missedRow(gap, head.length, style) })),
  ].toSorted((a, b) => (a.at < b.at ? -1 : 1));
  if (lines.length === 0) return '';
  const rows = [head.map((title) => style('dim', title)), ...lines.map(({ cells }) => cells)];
  const text = tableWithin(rows, head, DISPENSABLE, width);
  return hidden > 0
    ? `${text}${style('dim', `${hidden} ${hidden === 1 ? 'run' : 'runs'} before these: --all shows them`)}\n`
    : text;
}

/** A run without a report has a beginning and nothing else. */
function emptyRow({ startedAt, drill, state, run }: RunWithoutReport, columns: number, style: Style): string[] {
  const word = state === 'lost' ? style('red', 'killed') : style('yellow', 'under way');
  const empty = Array.from({ length: columns - 4 }, () => '-');
  return [secondText(startedAt), drill, word, ...empty, run];
}

/** Times at which a drill was due and did not run, without a run of it between them. */
interface MissedGap {
  readonly drill: string;
  readonly from: string;
  readonly until: string;
  readonly count: number;
}

function gapsIn(missed: readonly MissedDue[], runs: readonly Pick<PastRun, 'drill' | 'startedAt'>[]): MissedGap[] {
  const gaps: MissedGap[] = [];
  for (const { drill, dueAt } of missed) {
    const index = gaps.findLastIndex((gap) => gap.drill === drill);
    const gap = gaps[index];
    const isBroken = runs.some(
      (run) => run.drill === drill && (gap?.until ?? '') <= run.startedAt && run.startedAt <= dueAt,
    );
    if (gap === undefined || isBroken) gaps.push({ drill, from: dueAt, until: dueAt, count: 1 });
    else gaps[index] = { ...gap, until: dueAt, count: gap.count + 1 };
  }
  return gaps;
}

function missedRow({ drill, from, until, count }: MissedGap, columns: number, style: Style): string[] {
  const empty = Array.from({ length: columns - 4 }, () => '-');
  const end = count === 1 ? '-' : `until ${secondText(until)}`;
  return [secondText(from), drill, style('red', count === 1 ? 'missed' : `missed ${count} times`), ...empty, end];
}

const COLOUR = { passed: 'green', failed: 'red', inconclusive: 'yellow', cancelled: 'yellow' } as const;

function row(past: PastRun, withRepository: boolean, style: Style): string[] {
  const { startedAt, drill, verdict, copy, backup, target, rto, rpo, run } = past;
  return [
    secondText(startedAt),
    drill,
    // What a fallback came to is no verdict of the drill.
    style(COLOUR[verdict], past.fallbackOf === undefined ? verdict : `(fallback ${verdict})`),
    ...(withRepository ? [String(copy?.key ?? '-')] : []),
    backup?.label ?? '-',
    describeTarget(target),
    // Such an RTO is none of a recovery as configured.
    `${measured(rto, '', style)}${past.walFetch === 'ahead' ? ' (WAL ahead)' : ''}`,
    measured(rpo, rpo.upperBound ? '≤ ' : '', style),
    run,
  ];
}

function measured({ measuredMs, objectiveMs, met }: PastRun['rto'], bound: string, style: Style): string {
  const value = measuredMs === null ? '-' : `${bound}${durationText(measuredMs)}`;
  if (objectiveMs === null) return value;
  // What was not measured is neither met nor missed.
  const mark = met === null ? style('dim', '–') : met ? style('green', '✓') : style('red', '✗');
  return `${value} / ${durationText(objectiveMs)} ${mark}`;
}

const LONGEST_TREND = 40;

/** One line for each drill, and each repository of one, that has measured more than once. */
function trends(runs: readonly EndedRun[], style: Style): string {
  const severalOf = new Map(
    [...Map.groupBy(runs, ({ drill }) => drill)].map(([drill, of]) => [
      drill,
      new Set(of.map(({ repo }) => repo)).size > 1,
    ]),
  );
  const nameOf = ({ drill, repo }: EndedRun): string =>
    severalOf.get(drill) === true ? `${drill}, repository ${repo ?? '-'}` : drill;
  const rows = [...Map.groupBy(runs, nameOf)].flatMap(([drill, of]) => {
    const values = of.slice(-LONGEST_TREND).map(({ rtoMs }) => rtoMs);
    const numbers = values.filter((value) => value !== null);
    const last = numbers.at(-1);
    if (last === undefined || numbers.length < 2) return [];
    const range = `${durationText(Math.min(...numbers))} to ${durationText(Math.max(...numbers))}, last ${durationText(last)}`;
    return [[style('dim', `RTO of ${drill}`), sparkline(values), range]];
  });
  return table(rows);
}

const MARKS = { good: ['green', '✓'], warning: ['yellow', '!'], bad: ['red', '✗'] } as const;

/** It is no run of any drill, so it stands apart. */
function selfTestText(standing: SelfTestStanding | null, style: Style, width: number): string {
  if (standing === null) return '';
  const [colour, sign] = MARKS[standing.tone];
  return `${style(colour, sign)} ${wrap(standing.words, width, 2)}\n`;
}

const NAMED = 5;

/** What the table does not have: folders that are not on record, and lines that cannot be read. */
function problemsText({ unrecorded, unreadableLines }: RunList, style: Style): string {
  const mark = style('yellow', '!');
  const named = unrecorded.slice(-NAMED).map(({ file }) => `  ${file}\n`);
  const more = unrecorded.length > NAMED ? `  … and ${unrecorded.length - NAMED} before them\n` : '';
  const count = unrecorded.length === 1 ? 'One run is' : `${unrecorded.length} runs are`;
  return [
    ...(unrecorded.length === 0 ? [] : [`${mark} ${count} not on record (${ADOPT}):\n${more}${named.join('')}`]),
    ...(unreadableLines === 0
      ? []
      : [`${mark} ${unreadableLines} lines of the ledger cannot be read: drill evidence verify says which\n`]),
  ].join('');
}
