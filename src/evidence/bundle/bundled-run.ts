import type { Review } from '../../report/review.ts';
import type { EndedEntry, LedgerLine } from '../../store/ledger/line.ts';

/**
 * What a run came to. `killed`: it has no report. `refused`: something that was typed was mistaken, and nothing was restored.
 * `fallback`: it was tried after a run that failed, and counts for nothing.
 */
type BundledOutcome = EndedEntry['verdict'] | 'killed' | 'refused' | 'under way' | 'fallback';

/** A run of a bundle, with a report or without one. */
export interface BundledRun {
  readonly drill: string;
  readonly run: string;
  readonly number: number;
  readonly startedAt: string;
  readonly outcome: BundledOutcome;
  /** Null: it has no report. */
  readonly ended: EndedEntry | null;
  /** Its report for readers, as a path in the bundle; null: there is none. */
  readonly report: string | null;
  /** Whether a signed statement over it lies there. */
  readonly isSigned: boolean;
  /** What those have said who looked at it, oldest first. */
  readonly reviews: readonly Review[];
}

const WITHOUT_REPORT = { begun: 'under way', lost: 'killed', withdrawn: 'refused' } as const;

/** What is beside a ledger about one of its runs. */
type Beside = (run: {
  readonly drill: string;
  readonly run: string;
}) => Pick<BundledRun, 'report' | 'reviews' | 'isSigned'>;

/** The runs that lines of a ledger tell of, oldest first: each by the last that is said of it. */
export function runsIn(lines: readonly LedgerLine[], beside: Beside): BundledRun[] {
  const last = new Map<string, BundledRun>();
  for (const line of lines) {
    if (!('run' in line) || line.kind === 'signed-off') continue;
    const { drill, run, number, startedAt } = line;
    const outcome = line.kind === 'ended' ? outcomeOf(line) : WITHOUT_REPORT[line.kind];
    const ended = line.kind === 'ended' ? line : null;
    last.set(`${drill}/${run}`, { drill, run, number, startedAt, outcome, ended, ...beside(line) });
  }
  return [...last.values()].toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
}

/** By the beginning; the id of a run sorts to the second alone. */
function orderOf({ startedAt, run, drill }: BundledRun): string {
  return `${startedAt} ${run} ${drill}`;
}

function outcomeOf({ verdict, fallbackOf }: EndedEntry): BundledOutcome {
  return fallbackOf === undefined ? verdict : 'fallback';
}

/** Whether a run is one of its drill, which counts. */
export function isDrill({ outcome }: BundledRun): boolean {
  return outcome !== 'fallback';
}

const TO_BE_SEEN: readonly BundledRun['outcome'][] = ['failed', 'inconclusive', 'cancelled', 'killed', 'under way'];

/**
 * Whether a run did not pass and nobody has said, by a statement that is there, that it was looked at. One without an end is of a
 * period that is over.
 */
export function isUnseen({ outcome, reviews }: BundledRun): boolean {
  return TO_BE_SEEN.includes(outcome) && reviews.every(({ file }) => file === null);
}
