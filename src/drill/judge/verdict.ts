import { outcomeOf, type ReasonCode } from '../../core/reason-codes.ts';
import { formatDuration } from '../../core/duration.ts';
import type { DrillPlan } from '../../plan/drill-plan.ts';
import type { IntegrityPartReport } from '../../report/integrity-report.ts';
import type { CheckReport, DrillReport, ReasonReport } from '../../report/report.ts';
import type { RungReport } from '../../report/rungs.ts';
import { integrityReasons } from './integrity.ts';

/** Everything a verdict rests on. */
export interface VerdictInput {
  /** Why the run ended early, and warnings; empty when it went through. */
  readonly reasons: readonly ReasonReport[];
  /** Whether every phase up to and with verify was finished. */
  readonly finished: boolean;
  /** Whether the recovery target was provably reached. */
  readonly reached: boolean;
  readonly checks: readonly CheckReport[];
  /** The targets of a recovery through several, each with what was asked there; empty: it has one. */
  readonly rungs: readonly Pick<RungReport, 'text' | 'reached' | 'proof' | 'checks'>[];
  /** The integrity checks that the plan asks for; null: none. */
  readonly asked: DrillPlan['integrity'];
  /** What came of their parts. */
  readonly examined: readonly IntegrityPartReport[];
  readonly rto: Pick<DrillReport['rto'], 'measuredMs' | 'objectiveMs' | 'met'>;
  readonly rpo: Pick<
    DrillReport['rpo'],
    'measuredMs' | 'objectiveMs' | 'met' | 'upperBound' | 'archiveAgeMs' | 'applies' | 'reason'
  >;
  readonly backupAge: DrillReport['backupAge'];
}

export interface Verdict {
  readonly verdict: DrillReport['verdict'];
  readonly reasons: readonly ReasonReport[];
}

/**
 * The verdict, and the reasons that lead to it. It is `passed` only when nothing speaks against it *and* everything that
 * has to be proven is: the target reached, at least one isolation assertion made and all of them held, every critical
 * check passed, every stated objective met that applies to the target. Whatever is not there counts against.
 */
export function judge(input: VerdictInput): Verdict {
  const reasons = [
    ...input.reasons,
    ...checkReasons(input.rungs.flatMap(checksAt), 'recover'),
    ...checkReasons(input.checks, 'verify'),
    ...integrityReasons(input),
    ...(input.finished ? objectiveReasons(input) : []),
  ];
  const outcomes = new Set(reasons.map(({ code }) => outcomeOf(code as ReasonCode)));
  if (outcomes.has('cancelled')) return { verdict: 'cancelled', reasons };
  if (outcomes.has('failed')) return { verdict: 'failed', reasons };
  // `usage` and `busy` end before a run; if one comes here, it is no answer.
  if (outcomes.has('inconclusive') || outcomes.has('usage') || outcomes.has('busy'))
    return { verdict: 'inconclusive', reasons };
  const unproven = whatIsUnproven(input);
  if (unproven !== null) return { verdict: 'failed', reasons: [...reasons, unproven] };
  return { verdict: 'passed', reasons };
}

function whatIsUnproven(input: VerdictInput): ReasonReport | null {
  if (!input.finished || !input.reached)
    return reason('target-unproven', 'recover', 'nothing shows that the recovery target was reached');
  const missed = input.rungs.find(({ reached, proof }) => !reached || proof === null);
  if (missed !== undefined)
    return reason('target-unproven', 'recover', `nothing shows that ${missed.text} was reached`);
  const isolation = input.checks.filter(({ kind }) => kind === 'isolation');
  if (isolation.length === 0)
    return reason('isolation-broken', 'verify', 'nothing shows that the copy was cut off from production');
  return null;
}

function checksAt({ text, checks }: VerdictInput['rungs'][number]): CheckReport[] {
  return checks.map((check) => ({ ...check, name: `${check.name}, at ${text}` }));
}

function checkReasons(checks: readonly CheckReport[], phase: ReasonReport['phase']): ReasonReport[] {
  const reasons = checks.flatMap((check) => {
    // What came of the integrity checks is told by their parts.
    if (check.status === 'passed' || check.kind === 'integrity') return [];
    const detail =
      check.message ??
      (check.observed === null ? check.status : `expected ${check.expected ?? '?'}, observed ${check.observed}`);
    return [reason(codeOf(check), phase, `${check.name}: ${detail}`)];
  });
  // What to do next is said once.
  return reasons.map((one, index) =>
    reasons.findIndex(({ code }) => code === one.code) === index ? one : { ...one, hint: null },
  );
}

function codeOf(check: CheckReport): ReasonCode {
  if (check.kind === 'isolation') return 'isolation-broken';
  if (check.kind === 'wholeness') return 'data-missing';
  if (check.severity === 'warning') return 'check-warning';
  if (check.status === 'skipped') return 'check-skipped';
  return check.status === 'error' ? 'check-error' : 'check-failed';
}

function objectiveReasons({ rto, rpo, backupAge }: VerdictInput): ReasonReport[] {
  const reasons: ReasonReport[] = [];
  if (rto.objectiveMs !== null && rto.met !== true) {
    reasons.push(
      reason(
        'rto-missed',
        'recover',
        `recovery took ${measured(rto.measuredMs)}, the objective is ${measured(rto.objectiveMs)}`,
      ),
    );
  }
  if (rpo.objectiveMs !== null && rpo.applies && rpo.met !== true) {
    const bound = rpo.upperBound
      ? ' (an upper bound: the last replayed commit is that old; with a heartbeat in the plan it would be exact)'
      : '';
    reasons.push(
      reason(
        'rpo-missed',
        'recover',
        rpo.measuredMs === null
          ? `the RPO was not measured${rpo.reason === null ? '' : `: ${rpo.reason}`}; the objective is ${measured(rpo.objectiveMs)}`
          : `${measured(rpo.measuredMs)} may be lost${bound}, the objective is ${measured(rpo.objectiveMs)}; the newest archived WAL is ${measured(rpo.archiveAgeMs)} old`,
      ),
    );
  }
  if (backupAge.objectiveMs !== null && backupAge.met !== true) {
    reasons.push(
      reason(
        'backup-too-old',
        'preflight',
        backupAge.measuredMs === null
          ? 'the newest backup is dated after the run began: the clock that it was taken by, or that of this machine, is wrong'
          : `the newest backup is ${measured(backupAge.measuredMs)} old, the objective is ${measured(backupAge.objectiveMs)}`,
      ),
    );
  }
  return reasons;
}

function reason(code: ReasonCode, phase: ReasonReport['phase'], message: string): ReasonReport {
  return { code, message, phase, hint: HINTS[code] ?? null };
}

/** What to do next. */
const HINTS: Partial<Record<ReasonCode, string>> = {
  'check-failed': 'ask production the same question: if it holds there, the backup does not bring back what it should',
  'check-error': 'the check could not be asked; try it with psql or in a shell, on a copy that --keep leaves up',
  'rto-missed':
    'look in the report which phase took longest; processMax, a newer full backup or a nearer repository help',
  'rpo-missed':
    'set archive_timeout in production, and have a heartbeat if it is often idle: drill init --heartbeat prints one',
  'backup-too-old': 'look why no newer backup was taken, in the log of pgBackRest and in cron',
};

function measured(ms: number | null): string {
  return ms === null ? 'not measured' : formatDuration(ms);
}
