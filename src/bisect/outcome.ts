import type { BisectDocument } from './document.ts';

type Findings = Pick<BisectDocument, 'start' | 'last' | 'flips' | 'culprit' | 'reason'>;

/** What the findings come to; `isEach`: each candidate was asked about, so that no change can lie between two places. */
export function outcomeOf(
  { start, last, flips, culprit, reason }: Findings,
  isEach: boolean,
): BisectDocument['outcome'] {
  if (reason !== null) return reason.code === 'cancelled' ? 'cancelled' : 'inconclusive';
  const flip = culprit === null ? undefined : flips[culprit];
  if (flip !== undefined) return flip.transactions.length === 1 ? 'found' : 'inconclusive';
  if (flips.length > 0) return 'not-made-false';
  const [first, end] = [start?.state ?? null, last?.state ?? null];
  if (!isEach || first === null || end === null) return 'inconclusive';
  return first === 'true' ? 'always-true' : 'never-true';
}
