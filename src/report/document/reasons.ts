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

/** The reasons, those that made the verdict first. */
export function orderedReasons(reasons: DrillReport['reasons']): ReasonReport[] {
  return reasons.toSorted((a, b) => Number(isWarning(a)) - Number(isWarning(b)));
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
