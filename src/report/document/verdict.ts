import type { DrillReport } from '../report.ts';
import { paragraph, type Block, type Inline, type Tone } from './blocks.ts';
import { splitChecks } from './checks.ts';
import { describeFallback, describeFallbackOf } from './fallback.ts';
import { describeNext } from './next.ts';
import { describeReasons, isWarning } from './reasons.ts';
import { shortTargetWords } from './target.ts';
import { counted, minuteText, sizeText } from './words.ts';

/** The tone of a verdict. */
export function verdictTone(verdict: DrillReport['verdict']): Tone {
  if (verdict === 'passed') return 'good';
  return verdict === 'failed' ? 'bad' : 'warning';
}

const MEANINGS: Readonly<Record<Exclude<DrillReport['verdict'], 'failed'>, string>> = {
  passed: 'The recovery target was provably reached, and nothing critical was found wrong.',
  inconclusive:
    'The machine or the sandbox kept this drill from an answer: it speaks neither for the backup nor against it.',
  cancelled: 'The run was ended before it had an answer: it speaks neither for the backup nor against it.',
};

/** What a verdict means, in one sentence, and no more than the run has shown. */
export function verdictMeaning(report: DrillReport): string {
  const { verdict, recovery } = report;
  if (verdict !== 'failed') return [MEANINGS[verdict], ...whatWasNotAsked(report)].join(' ');
  return recovery?.reached === true
    ? 'The recovery target was reached, but something critical was found wrong.'
    : 'This drill did not show that the backup can be recovered.';
}

/** What a reader of a passed run would take for granted, and nobody asked for; in a sentence, or nothing. */
function whatWasNotAsked(report: DrillReport): string[] {
  if (report.verdict !== 'passed') return [];
  const { rto, rpo, backupAge } = report;
  const promised = [rto, rpo, backupAge].some(({ objectiveMs }) => objectiveMs !== null);
  const missing = [
    ...(splitChecks(report.checks).own.length === 0 ? ['no data was checked'] : []),
    ...(promised ? [] : ['no objective was stated']),
  ];
  return missing.length === 0 ? [] : [`But ${missing.join(', ')}.`];
}

/** The verdict in a word or two: a run that passed with warnings says so. */
export function verdictText({ verdict, reasons }: Pick<DrillReport, 'verdict' | 'reasons'>): string {
  const warnings = reasons.filter(isWarning).length;
  return verdict === 'passed' && warnings > 0 ? `passed with ${counted(warnings, 'warning')}` : verdict;
}

/** The tone of a whole report: a run that passed with warnings is worth a look. */
export function reportTone({ verdict, reasons }: Pick<DrillReport, 'verdict' | 'reasons'>): Tone {
  return verdict === 'passed' && reasons.some(isWarning) ? 'warning' : verdictTone(verdict);
}

/** What stands below the title: which run it is, what it has proven or why it has not, and what to do next. */
export function describeVerdict(report: DrillReport): Block[] {
  const byline: Block = { kind: 'byline', words: runWords(report) };
  const reasons = describeReasons(report);
  const done = whatWasDone(report);
  if (report.verdict === 'passed') {
    const notAsked = whatWasNotAsked(report).flatMap((words): Inline[] => [' ', { strong: words }]);
    const proven = paragraph([{ strong: 'Proven:' }, ' ', ...done, ...notAsked]);
    return [...describeFallbackOf(report), byline, proven, ...reasons, ...describeNext(report)];
  }
  return [
    ...describeFallbackOf(report),
    byline,
    paragraph({ strong: verdictMeaning(report) }),
    ...reasons,
    ...describeNext(report),
    ...describeFallback(report),
    paragraph(done),
  ];
}

/** Which run of its drill it is, when it was, and whether its files are signed. */
function runWords({ record, startedAt, trigger }: DrillReport): Inline[] {
  const run = record.number === null ? 'A run' : `Run ${record.number}`;
  const key: Inline[] = record.keyId === null ? ['not signed'] : ['signed with key ', { code: record.keyId }];
  return [`${run} of this drill, ${trigger.kind}, ${minuteText(startedAt)}, `, ...key];
}

/** Which backup was restored, where, and what it was recovered to; in a sentence. */
export function whatWasDone(report: DrillReport): Inline[] {
  const { restore, source, recovery } = report;
  const from = source.repo ? ` from repository ${source.repo.key}` : '';
  const to = [...shortTargetWords(report.target), '.'];
  if (!restore) return [...backupWords(source), ` was to be restored${from} and recovered to `, ...to];
  const and = recovery?.reached === true ? ' and recovered to ' : ', to be recovered to ';
  return [...backupWords(source), ` was restored${from} on ${placeOf(report)}${and}`, ...to];
}

function placeOf({ sandbox }: DrillReport): string {
  return `${sandbox.host?.hostname ?? 'this machine'} (${sandbox.kind})`;
}

const BACKUP_TYPES = { full: 'full', diff: 'differential', incr: 'incremental' } as const;

function backupWords({ backup, postgres, stanza }: DrillReport['source']): Inline[] {
  const cluster: Inline[] = [{ code: stanza }, postgres ? ` (PostgreSQL ${postgres.version})` : ''];
  if (!backup) return ['A backup of stanza ', ...cluster];
  const size = backup.sizeBytes === null ? '' : ` (${sizeText(backup.sizeBytes)})`;
  return [`The ${BACKUP_TYPES[backup.type]} backup `, { code: backup.label }, `${size} of stanza `, ...cluster];
}

/** How many checks and isolation assertions held, as `2 of 3`; null where none was made. */
export function checkCounts({ checks }: DrillReport): {
  readonly own: string | null;
  readonly isolation: string | null;
} {
  const { own, isolation } = splitChecks(checks);
  return { own: heldOf(own), isolation: heldOf(isolation) };
}

function heldOf(checks: DrillReport['checks']): string | null {
  return checks.length === 0
    ? null
    : `${checks.filter(({ status }) => status === 'passed').length} of ${checks.length}`;
}
