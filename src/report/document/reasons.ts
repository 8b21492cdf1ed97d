import { REASON_CODES, type Outcome } from '../../core/reason-codes.ts';
import type { DrillReport, ReasonReport } from '../report.ts';
import type { Block, Inline, Words } from './blocks.ts';
import { capital, sentence } from './words.ts';

const CODES: Readonly<Record<string, { readonly outcome: Outcome }>> = REASON_CODES;

/** What a reason did to the verdict. A code that this version does not know counts as a failure. */
function outcomeOfReason({ code }: Pick<ReasonReport, 'code'>): Outcome {
  return (Object.hasOwn(CODES, code) ? CODES[code]?.outcome : undefined) ?? 'failed';
}

/** Whether a reason only warns, and so speaks against no verdict. */
export function isWarning(reason: Pick<ReasonReport, 'code'>): boolean {
  return outcomeOfReason(reason) === 'warning';
}

/**
 * The reasons, those that made the verdict first. That a check was skipped is left out where another reason says the same of it
 * in the same words, and weighs as much.
 */
export function orderedReasons(reasons: DrillReport['reasons']): ReasonReport[] {
  const isSaid = (one: ReasonReport): boolean =>
    one.code === 'check-skipped' &&
    reasons.some(
      (other) => other.code !== one.code && other.message === one.message && weightOf(other) <= weightOf(one),
    );
  return reasons.filter((one) => !isSaid(one)).toSorted((a, b) => weightOf(a) - weightOf(b));
}

/** The smaller, the more it counts: a run that has failed is not inconclusive as well. As the verdict has it. */
export function weightOf(reason: Pick<ReasonReport, 'code'>): number {
  const outcome = outcomeOfReason(reason);
  if (outcome === 'warning') return 3;
  return outcome === 'cancelled' ? 0 : outcome === 'failed' ? 1 : 2;
}

/** Why the verdict is what it is; nothing when there is nothing to say. */
export function describeReasons({ reasons }: DrillReport): Block[] {
  return reasons.length === 0 ? [] : [{ kind: 'list', items: orderedReasons(reasons).map(describeReason) }];
}

function describeReason(reason: ReasonReport): Words {
  const outcome = outcomeOfReason(reason);
  const about = [outcome === 'failed' ? null : outcome, reason.phase].filter((part) => part !== null).join(', ');
  const sign: Inline = { tone: outcome === 'failed' ? 'bad' : 'warning', mark: '' };
  return [sign, ` ${sentence(capital(reason.message))} `, { code: reason.code }, about === '' ? '' : ` (${about})`];
}
