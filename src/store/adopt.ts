import { dirname } from 'node:path';
import { endedEntry } from './ledger/entries.ts';
import type { Ledger } from './ledger/ledger.ts';
import { listRuns, type UnrecordedRun } from './past-runs.ts';
import { readWhole } from './settle.ts';

/** What became of runs that were not on record. */
export interface Adopted {
  readonly taken: readonly { readonly drill: string; readonly run: string; readonly number: number }[];
  /** Those without a report that can be read. */
  readonly left: readonly UnrecordedRun[];
}

/**
 * Takes runs that have a report and are not on record into a ledger, the oldest first, as adopted: what became of their files
 * before is not known.
 */
export async function adopt(reports: string, ledger: Ledger): Promise<Adopted> {
  const { unrecorded } = listRuns(reports, null);
  const read = unrecorded.map((place) => ({ place, whole: readWhole(dirname(place.file)) }));
  const fit = read
    .flatMap(({ place, whole }) =>
      whole?.report.runId === place.run && whole.report.drill === place.drill ? [whole] : [],
    )
    .toSorted((a, b) => (a.report.startedAt < b.report.startedAt ? -1 : 1));
  const left = read.filter(({ whole }) => !fit.some((one) => one === whole)).map(({ place }) => place);
  if (fit.length === 0) return { taken: [], left };
  const lines = await ledger.append((state) =>
    fit
      .filter(({ report }) => !state.has(report.drill, report.runId))
      .map(({ report, digests }) =>
        endedEntry(report, { number: state.nextNumber(report.drill), recorded: 'adopted', ...digests }),
      ),
  );
  const taken = lines.flatMap((line) =>
    line.kind === 'ended' ? [{ drill: line.drill, run: line.run, number: line.number }] : [],
  );
  return { taken, left };
}
