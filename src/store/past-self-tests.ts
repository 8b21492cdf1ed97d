import type { LinePlace } from './ledger/line.ts';
import type { SelfTestedEntry } from './ledger/self-tested.ts';
import { lineIn, withLedger } from './past-runs.ts';

/** The folder of their documents, below the directory of the reports. */
export const SELF_TESTS = 'self-tests';

/** A self-test that is on record. */
export type PastSelfTest = SelfTestedEntry & LinePlace;

/** The self-tests on record, oldest first. It takes the ledger as it stands. */
export function readPastSelfTests(reports: string): PastSelfTest[] {
  return withLedger<PastSelfTest[]>(reports, [], (index, file) =>
    index.selfTests().flatMap((position) => {
      const line = lineIn(file, position);
      return line?.kind === 'self-tested' ? [line] : [];
    }),
  );
}
