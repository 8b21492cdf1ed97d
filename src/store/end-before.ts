import type { EndBefore, EndQuestion } from './ledger/index-answers.ts';
import { withLedger } from './past-runs.ts';

/**
 * What is on record of a drill before a run of it. Of a drill that goes to several repositories, a run is compared with those from
 * its own. Null: nothing is. Throws `not-found` for a ledger that cannot be read.
 */
export function endBefore(reports: string, question: EndQuestion): EndBefore | null {
  return withLedger<EndBefore | null>(reports, null, (index) => index.endBefore(question));
}
