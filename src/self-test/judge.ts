import type { DrillReport } from '../report/report.ts';
import type { FaultResult, SelfTestDocument } from './document.ts';
import type { Drilled } from '../trial-run/drill-on.ts';
import type { Fault, MadeFault } from './fault.ts';

/** What became of a fault, and why it does not count as seen. */
interface Judged {
  readonly result: FaultResult['result'];
  /** Null: it was caught. */
  readonly why: string | null;
}

/**
 * Whether a drill has seen a fault: it failed, and for the fault. One that failed for something else, or was inconclusive, would
 * perhaps have passed without that.
 */
export function judgeFault(
  { codes }: Pick<Fault, 'codes'>,
  { wasDone = () => true, isSeen = () => true }: MadeFault,
  { report, refused }: Drilled,
): Judged {
  if (report === null) return notShown(`the drill was refused: ${refused.message}`);
  if (report.verdict === 'cancelled') return notShown('the drill was ended before its end');
  if (!wasDone()) return notShown(`the drill ended before the fault was made${becauseOf(report)}`);
  if (report.verdict === 'passed') return { result: 'missed', why: 'the drill passed' };
  if (report.verdict !== 'failed') return notShown(`the drill was ${report.verdict}${becauseOf(report)}`);
  const isFitting = report.reasons.some(({ code }) => (codes as readonly string[]).includes(code));
  if (!isFitting) return notShown(`the drill failed for something else${becauseOf(report)}`);
  if (!isSeen(report)) return notShown(`the drill failed, and not where the fault was${becauseOf(report)}`);
  return { result: 'caught', why: null };
}

function notShown(why: string): Judged {
  return { result: 'not-shown', why };
}

function becauseOf({ reasons }: DrillReport): string {
  const [first] = reasons;
  return first === undefined ? '' : ` (${first.code}: ${first.message})`;
}

/** What a self-test came to. It passes only if each healthy copy passed and each fault was caught. */
export function outcomeOf(
  { controls, faults }: Pick<SelfTestDocument, 'controls' | 'faults'>,
  isCancelled: boolean,
): SelfTestDocument['outcome'] {
  if (faults.some(({ result }) => result === 'missed')) return 'failed';
  if (isCancelled) return 'cancelled';
  const isShown = controls.length > 0 && controls.every(({ verdict }) => verdict === 'passed');
  return isShown && faults.length > 0 && faults.every(({ result }) => result === 'caught') ? 'passed' : 'inconclusive';
}
