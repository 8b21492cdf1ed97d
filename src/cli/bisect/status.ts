import type { BisectDocument } from '../../bisect/document.ts';
import { EXIT, exitStatusOfSignal } from '../exit-status.ts';

/** The exit status of a bisection: 1 where it is certain that no transaction of the range made the predicate false. */
export function statusOf(
  { outcome, left }: Pick<BisectDocument, 'outcome' | 'left'>,
  signal: NodeJS.Signals | null,
): number {
  if (outcome === 'cancelled') return exitStatusOfSignal(signal);
  if (outcome === 'inconclusive') return EXIT.inconclusive;
  if (outcome !== 'found') return EXIT.failed;
  return left.length > 0 ? EXIT.cleanup : EXIT.passed;
}
