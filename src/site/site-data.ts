import type { SiteRun } from './runs.ts';
import type { SelfTestStanding } from '../store/self-test-standing.ts';
import type { Planned } from './standing.ts';

/** All that a site is made of. The same data gives the same bytes. */
export interface SiteData {
  /** Oldest first. */
  readonly runs: readonly SiteRun[];
  readonly planned: readonly Planned[];
  /** ISO 8601, UTC: what was due before it is overdue. */
  readonly now: string;
  /** How many folders of runs are not on record, and how many lines of the ledger cannot be read. */
  readonly unrecorded: number;
  readonly unreadableLines: number;
  /** Whether drills were shown to fail when they must; null: nothing is on record of that. */
  readonly selfTest: SelfTestStanding | null;
  /** Where the report of a run lies, as a path from the front page; null: there is none. */
  readonly reportOf: (run: Pick<SiteRun, 'drill' | 'run'>) => string | null;
}
