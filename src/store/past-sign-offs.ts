import type { LinePlace, SignedOffEntry } from './ledger/line.ts';
import { lineIn, withLedger } from './past-runs.ts';

/** What the ledger has on record of somebody who looked at a run. */
export type PastSignOff = SignedOffEntry & LinePlace;

/** The sign-offs on record, oldest first: of one run, or of all. It takes the ledger as it stands. */
export function readPastSignOffs(
  reports: string,
  of: { readonly drill: string; readonly run: string } | null,
): PastSignOff[] {
  return withLedger<PastSignOff[]>(reports, [], (index, file) =>
    index.signOffs(of).flatMap((position) => {
      const line = lineIn(file, position);
      return line?.kind === 'signed-off' ? [line] : [];
    }),
  );
}
