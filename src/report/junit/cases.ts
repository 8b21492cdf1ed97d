import { objectiveLines, type ObjectiveLine } from '../document/objectives.ts';
import { isWarning } from '../document/reasons.ts';
import { durationText } from '../document/words.ts';
import type { CheckReport, DrillReport, PhaseReport } from '../report.ts';
import type { CaseResult, TestCase } from './test-case.ts';

/**
 * Everything that a run had to do or to show, as test cases. The last is the verdict itself: whatever the others say, a
 * suite has a failure or an error exactly when the verdict is not `passed`.
 */
export function casesOf(report: DrillReport): TestCase[] {
  return [
    ...report.phases.map((phase) => phaseCase(phase, report)),
    recoveryCase(report),
    ...report.checks.map((check) => checkCase(check)),
    ...objectiveLines(report)
      .filter(({ objectiveMs }) => objectiveMs !== null)
      .map((line) => objectiveCase(line, report)),
    verdictCase(report),
  ];
}

function phaseCase({ id, status, durationMs }: PhaseReport, report: DrillReport): TestCase {
  const about = { group: 'phase', name: id, durationMs } as const;
  if (status === 'not-run') return { ...about, result: notReached('the run ended before this phase') };
  if (status === 'failed')
    return { ...about, result: broken(report, reasonText(report, id) || 'the phase did not come to its end') };
  if (id === 'cleanup' && !report.cleanup.done)
    return {
      ...about,
      result: { kind: 'skipped', type: 'cleanup-failed', message: 'not everything could be removed' },
    };
  return { ...about, result: { kind: 'passed' } };
}

function recoveryCase(report: DrillReport): TestCase {
  const about = {
    group: 'recovery',
    name: 'the recovery target was provably reached',
    durationMs: report.rto.measuredMs,
  } as const;
  const { recovery, phases } = report;
  if (recovery?.reached === true) return { ...about, result: { kind: 'passed', output: recovery.proof ?? '' } };
  const tried = phases.some(({ id, status }) => id === 'recover' && status !== 'not-run');
  if (!tried) return { ...about, result: notReached('the run ended before the recovery') };
  return {
    ...about,
    result: broken(report, reasonText(report, 'recover') || 'nothing shows that the recovery target was reached'),
  };
}

function checkCase({ name, kind, durationMs, ...check }: CheckReport): TestCase {
  return { group: kind === 'isolation' ? 'isolation' : 'check', name, durationMs, result: checkResult(check) };
}

function checkResult({
  status,
  severity,
  expected,
  observed,
  message,
}: Omit<CheckReport, 'name' | 'kind' | 'durationMs'>): CaseResult {
  const found = observed === null ? '' : `expected ${expected ?? '?'}, observed ${observed}`;
  const text = [found, message ?? ''].filter((part) => part !== '').join('; ') || status;
  if (status === 'passed') return { kind: 'passed' };
  if (status === 'skipped') return { kind: 'skipped', type: 'check-skipped', message: text };
  if (severity === 'warning') return { kind: 'skipped', type: 'check-warning', message: `warning, ${status}: ${text}` };
  return status === 'failed'
    ? { kind: 'failure', type: 'check-failed', message: text }
    : { kind: 'error', type: 'check-error', message: text };
}

function objectiveCase(
  { id, name, objectiveMs, met, measured, applies, note }: ObjectiveLine,
  report: DrillReport,
): TestCase {
  const about = {
    group: 'objective',
    name: `${name} of at most ${durationText(objectiveMs)}`,
    durationMs: null,
  } as const;
  const message = `measured: ${measured}; objective: ${durationText(objectiveMs)}`;
  if (met === true) return { ...about, result: { kind: 'passed', output: message } };
  if (!applies) return { ...about, result: { kind: 'skipped', type: 'does-not-apply', message: note } };
  const over = report.phases.some((phase) => phase.id === 'verify' && phase.status === 'done');
  if (met === null && !over) return { ...about, result: notReached('the run ended before it could be measured') };
  const type = id === 'backup-age' ? 'backup-too-old' : `${id}-missed`;
  return {
    ...about,
    result: report.verdict === 'passed' ? { kind: 'skipped', type, message } : { kind: 'failure', type, message },
  };
}

function verdictCase(report: DrillReport): TestCase {
  const about = { group: 'verdict', name: 'verdict', durationMs: null } as const;
  if (report.verdict === 'passed') return { ...about, result: { kind: 'passed' } };
  return { ...about, result: broken(report, reasonText(report, null) || `the verdict is ${report.verdict}`) };
}

/** A failure only where the verdict is one; what kept a run from an answer is an error. */
function broken({ verdict }: DrillReport, message: string): CaseResult {
  if (verdict === 'failed') return { kind: 'failure', type: verdict, message };
  return verdict === 'passed' ? { kind: 'skipped', type: verdict, message } : { kind: 'error', type: verdict, message };
}

function notReached(message: string): CaseResult {
  return { kind: 'skipped', type: 'not-reached', message };
}

/** The reasons of a phase, or of the whole run, but for mere warnings. */
function reasonText({ reasons }: DrillReport, phase: PhaseReport['id'] | null): string {
  return reasons
    .filter((reason) => !isWarning(reason) && (phase === null || reason.phase === phase))
    .map(({ code, message, hint }) => `${code}: ${message}${hint ? ` (hint: ${hint})` : ''}`)
    .join('\n');
}
