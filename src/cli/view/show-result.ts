import type { Endpoint } from '../../core/endpoint.ts';
import { shellJoin } from '../../core/shell-quote.ts';
import type { DrillResult } from '../../drill/run-drill.ts';
import { copiesText, copyName } from '../../report/document/copies.ts';
import { fallbackText } from '../../report/document/fallback.ts';
import { checkCounts, verdictMeaning, verdictText } from '../../report/document/verdict.ts';
import { isWarning, orderedReasons } from '../../report/document/reasons.ts';
import { objectiveLines, type ObjectiveLine } from '../../report/document/objectives.ts';
import { rtoOfAheadText } from '../../report/document/wal-fetch.ts';
import { durationText, promisedText, secondText, sizeText } from '../../report/document/words.ts';
import { isProven, type CopyReport } from '../../report/copy.ts';
import type { DrillReport } from '../../report/report.ts';
import { plain, type Style } from './style.ts';
import { describeTarget } from './target-words.ts';
import { wrap } from './wrap.ts';

type Row = readonly [label: string, value: string];

const COLOUR = { passed: 'green', failed: 'red', inconclusive: 'yellow', cancelled: 'yellow' } as const;
const LABEL_WIDTH = 10;

/**
 * The end of a run for people, over lines of `width` columns: the verdict first, then what it rests on; where the whole
 * report is and what to do next stand last.
 */
export function resultText(
  { report, folder }: Pick<DrillResult, 'report' | 'folder'>,
  style: Style = plain,
  width = Infinity,
): string {
  const verdict = style(['bold', COLOUR[report.verdict]], verdictText(report).toUpperCase());
  const rows = [
    ...whatWasDone(report),
    ...measurements(report, style),
    checks(report),
    copiesRow(report),
    cleanup(report),
    ['report', `${folder}/report.md`],
    next(report),
    fallback(report),
  ] as const;
  return [
    wrap(`${verdict} ${report.drill}: ${verdictMeaning(report)}`, width, 2),
    ...reasons(report, style, width),
    ...rows.flatMap((row) => (row === null ? [] : [rowText(row, style, width)])),
    '',
  ].join('\n');
}

function rowText([label, value]: Row, style: Style, width: number): string {
  return `  ${style('dim', label.padEnd(LABEL_WIDTH))}  ${wrap(value, width, LABEL_WIDTH + 4)}`;
}

function reasons(report: DrillReport, style: Style, width: number): string[] {
  const [first] = orderedReasons(report.reasons);
  return orderedReasons(report.reasons).flatMap((reason) => {
    const mark = isWarning(reason) ? style('yellow', '!') : style('red', '✗');
    // The hint of what made the verdict is the next step, and stands last.
    const hint = reason.hint !== null && (reason !== first || isWarning(reason)) ? [reason.hint] : [];
    return [
      `  ${mark} ${wrap(`${reason.code}: ${reason.message}`, width, 4)}`,
      ...hint.map((text) => `    ${wrap(`hint: ${text}`, width, 4)}`),
    ];
  });
}

function next({ reasons: all }: DrillReport): Row | null {
  const [first] = orderedReasons(all);
  return first === undefined || first.hint === null || isWarning(first) ? null : ['next', first.hint];
}

function fallback({ fallback: told }: DrillReport): Row | null {
  return told === null ? null : ['fallback', fallbackText(told).replace(/^fallback /, '')];
}

function whatWasDone({ target, recovery, source }: DrillReport): Row[] {
  const { backup } = source;
  const reached = recovery?.reached === true ? 'reached' : 'not reached';
  const rows: Row[] = [['target', `${describeTarget(target)}: ${reached}`]];
  if (recovery?.reached === true && recovery.proof !== null) rows.push(['proof', recovery.proof]);
  if (backup)
    rows.push([
      'backup',
      `${backup.label} (${backup.type}, ${sizeText(backup.sizeBytes)} restored, ${durationText(backup.ageMs)} old)`,
    ]);
  return rows;
}

function measurements(report: DrillReport, style: Style): Row[] {
  const { validatedMs } = report.rto;
  const [rto, rpo, backupAge] = objectiveLines(report);
  const rows: Row[] = [
    ['RTO', `${rto.measured}${against(rto, style)}${howWalCame(report)}`],
    ...(validatedMs === null ? [] : [['validated', durationText(validatedMs)] as const]),
    ['RPO', rpo.applies ? `${rpo.measured}${against(rpo, style)}${archiveAge(report)}` : rpoOfChosenTarget(rpo)],
  ];
  if (backupAge.objectiveMs !== null) rows.push(['backup age', `${backupAge.measured}${against(backupAge, style)}`]);
  return rows;
}

function howWalCame(report: DrillReport): string {
  const ahead = rtoOfAheadText(report);
  return ahead === '' || report.rto.measuredMs === null ? '' : `; ${ahead}`;
}

function rpoOfChosenTarget({ objectiveMs }: ObjectiveLine): string {
  const objective = objectiveMs === null ? '' : `; objective ${promisedText(objectiveMs)} neither met nor missed`;
  return `does not apply: only a drill to the end of the archive measures it${objective}`;
}

function against({ objectiveMs, met }: ObjectiveLine, style: Style): string {
  if (objectiveMs === null) return '';
  const mark = met === null ? style('dim', '–') : met ? style('green', '✓') : style('red', '✗');
  return `, objective ${promisedText(objectiveMs)} ${mark}`;
}

/** Beside an upper bound: with an idle production this is nearer to what would be lost. */
function archiveAge({ rpo }: DrillReport): string {
  return rpo.upperBound && rpo.archiveAgeMs !== null
    ? `; the newest archived WAL is ${durationText(rpo.archiveAgeMs)} old`
    : '';
}

function checks(report: DrillReport): Row | null {
  if (report.checks.length === 0) return null;
  const { own, isolation } = checkCounts(report);
  return ['checks', `${own === null ? 'none of the data' : `${own} passed`}; isolation ${isolation ?? 'none'} held`];
}

function copiesRow(report: DrillReport): Row | null {
  return report.copies.length === 0 ? null : ['copies', copiesText(report.copies, report.startedAt)];
}

function cleanup({ cleanup: { done, kept } }: DrillReport): Row | null {
  if (kept !== null) return ['kept', kept];
  return done ? null : ['cleanup', 'something could not be removed, see above'];
}

/** What a run could not remove, a line each: to be seen also where nobody reads the report. */
export function leftText({ cleanup: { steps } }: DrillReport, style: Style = plain): string {
  const left = steps.filter(({ ok }) => !ok);
  return left
    .map(({ label, message }) => `${style('red', 'LEFT BEHIND')}: could not ${label}: ${message ?? '?'}\n`)
    .join('');
}

/** How to connect to an instance that was kept, and how to end it; `sweepWords` are those of its sandbox. */
export function keptText(
  { report }: Pick<DrillResult, 'report'>,
  endpoint: Endpoint,
  sweepWords: readonly string[],
): string {
  const user = report.sandbox.host?.user ?? null;
  const connect = shellJoin([
    ...endpoint.enter,
    'psql',
    '-h',
    endpoint.socketDirectory,
    '-p',
    String(endpoint.port),
    '-U',
    endpoint.user,
    '-d',
    'postgres',
  ]);
  return [
    '',
    'The instance is up.',
    `  connect  ${connect}${user === null || endpoint.enter.length > 0 ? '' : `   (as ${user} or root)`}`,
    `  end it   ${shellJoin(['drill', 'sweep', '--run', report.runId, ...sweepWords])}`,
    '',
  ].join('\n');
}

/**
 * The copies of each stanza of which several drills have run, after the last of them; empty where there is one copy. What
 * a drill says of the copy that it read counts before what another has found about it in the reports.
 */
export function copiesSummary(reports: readonly DrillReport[], style: Style = plain): string {
  const groups = Map.groupBy(reports, ({ source }) => `${source.stanza} ${source.config.join(' ')}`);
  return [...groups.values()].map((of) => stanzaCopies(of, style)).join('');
}

function stanzaCopies(reports: readonly DrillReport[], style: Style): string {
  const last = reports.at(-1);
  if (!last || reports.length < 2 || last.copies.length < 2) return '';
  const drilled = new Map(
    reports.flatMap((report) => report.copies.filter(({ thisRun }) => thisRun).map((copy) => [copy.key, copy])),
  );
  const copies = last.copies.map((copy) => drilled.get(copy.key) ?? copy);
  const lines = copies.map((copy) => {
    const mark = isProven(copy) ? style('green', '✓') : style('red', '✗');
    return `  ${mark} ${copyName(copy)}: ${stateText(copy)}`;
  });
  const count = `${copies.filter(isProven).length} of ${copies.length} proven`;
  return ['', `Copies of ${last.source.stanza}: ${count}`, ...lines, ''].join('\n');
}

function stateText({ lastPassedAt, lastVerdict, failedSinceRunId }: CopyReport): string {
  const since = failedSinceRunId !== null && lastVerdict !== 'failed' ? ', failed since' : '';
  const proven = lastPassedAt === null ? 'never proven' : `last proven ${secondText(lastPassedAt)}${since}`;
  return lastVerdict === null || lastVerdict === 'passed' ? proven : `${proven}; its last drill ${ENDED[lastVerdict]}`;
}

const ENDED = { failed: 'failed', inconclusive: 'was inconclusive', cancelled: 'was cancelled' } as const;
