import type { DrillReport } from '../report.ts';
import { paragraph, type Block, type Inline, type Tone } from './blocks.ts';
import { splitChecks } from './checks.ts';
import { durationText, secondText, sentence, sizeText, targetWords } from './words.ts';

/** The tone of a verdict. */
export function verdictTone(verdict: DrillReport['verdict']): Tone {
  if (verdict === 'passed') return 'good';
  return verdict === 'failed' ? 'bad' : 'warning';
}

const MEANINGS: Readonly<Record<Exclude<DrillReport['verdict'], 'failed'>, string>> = {
  passed: 'The recovery target was provably reached, and everything that this drill had to show was shown.',
  inconclusive:
    'The machine or the sandbox kept this drill from an answer: it speaks neither for the backup nor against it.',
  cancelled: 'The run was ended before it had an answer: it speaks neither for the backup nor against it.',
};

/** What a verdict means, in one sentence, and no more than the run has shown. */
export function verdictMeaning({ verdict, recovery }: Pick<DrillReport, 'verdict' | 'recovery'>): string {
  if (verdict !== 'failed') return MEANINGS[verdict];
  return recovery?.reached === true
    ? 'The recovery target was reached, but not everything that this drill had to show was shown.'
    : 'This drill did not show that the backup can be recovered.';
}

/** The head of the document: the verdict, and in plain words what was restored, to where, and what that has proven. */
export function describeVerdict(report: DrillReport): Block[] {
  const mark: Inline = { tone: verdictTone(report.verdict), mark: report.verdict.toUpperCase() };
  return [paragraph([mark, '. ', { strong: verdictMeaning(report) }]), paragraph(summary(report))];
}

function summary(report: DrillReport): Inline[] {
  return [`On ${secondText(report.startedAt)}, `, ...whatWasDone(report), ' ', ...whatWasProven(report)];
}

function whatWasDone(report: DrillReport): Inline[] {
  const { restore, target, source } = report;
  const from = source.repo ? ` from repository ${source.repo.key}` : '';
  const to = [...targetWords(target), '.'];
  if (!restore) return [...backupWords(source), ` was to be restored${from} and recovered to `, ...to];
  const into = restore.start === 'empty' ? 'an empty directory' : 'the directory of an earlier run (delta)';
  const and = report.recovery?.reached === true ? ' and recovered to ' : ', to be recovered to ';
  return [
    ...backupWords(source),
    ` was restored${from} into ${into} of the ${report.sandbox.kind} sandbox${hostWords(report)}${and}`,
    ...to,
  ];
}

const BACKUP_TYPES = { full: 'full', diff: 'differential', incr: 'incremental' } as const;

function backupWords({ backup, postgres, stanza }: DrillReport['source']): Inline[] {
  const cluster: Inline[] = [{ code: stanza }, postgres ? ` (PostgreSQL ${postgres.version})` : ''];
  if (!backup) return ['a backup of stanza ', ...cluster];
  const size = backup.sizeBytes === null ? '' : ` (${sizeText(backup.sizeBytes)})`;
  return [`the ${BACKUP_TYPES[backup.type]} backup `, { code: backup.label }, `${size} of stanza `, ...cluster];
}

function hostWords({ sandbox }: DrillReport): string {
  return sandbox.host ? ` on ${sandbox.host.hostname}` : '';
}

function whatWasProven(report: DrillReport): Inline[] {
  const { recovery, rto, phases } = report;
  if (recovery?.reached !== true) return [howFarItCame(phases)];
  const proof = recovery.proof === null ? '' : `${sentence(recovery.proof)} `;
  const state = recovery.state === 'standby' ? 'read-only connections, as a standby,' : 'read-write connections';
  const took =
    rto.measuredMs === null
      ? ''
      : `It accepted ${state} ${durationText(rto.measuredMs)} after the drill began to provision. `;
  return [`${proof}${took}${checkWords(report)}`];
}

function howFarItCame(phases: DrillReport['phases']): string {
  const done = (id: string): boolean => phases.some((phase) => phase.id === id && phase.status === 'done');
  if (done('recover')) return 'PostgreSQL ended its recovery, but nothing shows that it ended at the target.';
  if (done('restore')) return 'The files of the backup were restored, but PostgreSQL did not recover to the target.';
  const tried = phases.some(({ id, status }) => id === 'restore' && status === 'failed');
  return tried ? 'The restore did not come to its end.' : 'Nothing was restored.';
}

function checkWords(report: DrillReport): string {
  const { own, isolation } = checkCounts(report);
  return `${own === null ? 'No check of the data was made' : `Checks of the data passed: ${own}`}; ${isolation === null ? 'no isolation assertion was made' : `isolation assertions held: ${isolation}`}.`;
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
