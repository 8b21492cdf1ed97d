import { join } from 'node:path';
import type { DrillNumbers, TallyQuestion } from './ledger/index-answers.ts';
import { readPast, withLedger, type PastRun } from './past-runs.ts';
import { runsIn } from './run-folders.ts';

/** The last run of a drill that has ended, of those of one repository or of all. */
export interface LastRun {
  /** Null: whichever repository was drilled. */
  readonly repository: number | null;
  /** One that came to no repository counts for each. Null: there is none. */
  readonly run: PastRun | null;
  /** When the last run began that passed (ISO 8601, UTC); null: none did. */
  readonly passedAt: string | null;
}

/** What is on record of a drill. */
export interface DrillTally extends Pick<DrillNumbers, 'runs' | 'missed' | 'lastLost'> {
  /** How many folders of runs the ledger does not know. */
  readonly unrecorded: number;
  /** When the run began that has not ended (ISO 8601, UTC); null: none is on record. */
  readonly openSince: string | null;
  /** For each repository that was asked for. */
  readonly last: readonly LastRun[];
}

const NOTHING: DrillNumbers = { runs: {}, missed: 0, lastLost: null, ids: [], last: [] };

/** What is on record of a drill. A directory that is not there has nothing. Throws `not-found` for a ledger that cannot be read. */
export function tallyOf(reports: string, question: TallyQuestion): DrillTally {
  const { drill, repositories, now } = question;
  const folders = runsIn(join(reports, drill));
  const { numbers, openSince } = withLedger<{ numbers: DrillNumbers; openSince: string | null }>(
    reports,
    { numbers: NOTHING, openSince: null },
    (index) => ({ numbers: index.tally(question), openSince: index.lastOfDrill(drill, now).openSince }),
  );
  const { ids, last, ...others } = numbers;
  const known = new Set(ids);
  return {
    ...others,
    openSince,
    unrecorded: folders.filter((run) => !known.has(run)).length,
    last: repositories.map((repository, at) => {
      const { run = null, passedAt = null } = last[at] ?? {};
      return { repository, run: run && (readPast(reports, [run])[0] ?? null), passedAt };
    }),
  };
}

/** How many lines of a ledger cannot be read; there are none where there is no ledger. */
export function unreadableLines(reports: string): number {
  return withLedger(reports, 0, (index) => index.head().unreadable);
}
