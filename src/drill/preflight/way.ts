import type { ArchiveListing } from '../../pgbackrest/archive.ts';
import type { Histories, TimelineHistory } from '../../pgbackrest/histories.ts';
import type { BackupSet } from '../../pgbackrest/info.ts';
import { newestTimeline, timelineSpans, type TimelineSpan } from '../../pgbackrest/wal-path.ts';
import type { TimelineChoice } from '../../targets/timeline.ts';
import { formatLsn } from '../../postgres/lsn.ts';
import type { TimelineFork } from '../../postgres/timeline-history.ts';
import { parseSegmentName } from '../../postgres/wal-segment.ts';

/** The timelines that a recovery passes from a backup set to the timeline that is wanted. */
interface OpenWay {
  readonly open: true;
  readonly spans: readonly TimelineSpan[];
  /** All timelines that led to the last one, also those before the backup. */
  readonly forks: readonly TimelineFork[];
  /** When the last timeline was begun, as far as its history file tells. */
  readonly beganAt: Date | null;
}

/** A backup set from which nothing leads to the timeline, or the target, that is wanted. */
export interface ClosedWay {
  readonly open: false;
  readonly because: 'offline' | 'no-such-timeline' | 'other-branch';
  /** Why not; the subject of the sentence is the backup set. */
  readonly why: string;
}

export type Way = OpenWay | ClosedWay;

/** What decides which ways are open. */
export interface Wanted {
  /** Whether a set that was taken offline leads to the target; `isLast`: no WAL was archived after it. */
  readonly leadsOffline: (isLast: boolean) => boolean;
  readonly choice: TimelineChoice;
  readonly listing: Pick<ArchiveListing, 'segments' | 'histories'>;
  readonly segmentBytes: number;
  /** All backup sets of the cluster. */
  readonly sets: readonly BackupSet[];
}

/** Whether the timeline that is wanted leads through each of the backup sets, by their labels. */
export async function findWays(wanted: Wanted, histories: Pick<Histories, 'of'>): Promise<ReadonlyMap<string, Way>> {
  const known = typeof wanted.choice === 'number' ? knownTimelines(wanted) : [];
  const ways = new Map<string, Way>();
  for (const set of wanted.sets) ways.set(set.label, await findWay(set, wanted, known, histories));
  return ways;
}

async function findWay(
  set: BackupSet,
  wanted: Wanted,
  known: readonly number[],
  histories: Pick<Histories, 'of'>,
): Promise<Way> {
  const from = timelineOf(set, wanted.segmentBytes);
  if (from === null) return offlineWay(set, wanted);
  const { choice, listing } = wanted;
  const to = choice === 'latest' ? newestTimeline(from, listing.histories) : choice === 'current' ? from : choice;
  const isListed = listing.histories.includes(to);
  if (from === to) {
    // It tells only what was before the backup, so the recovery does not need it.
    return wayAlong(set, from, to, isListed ? await histories.of(to).catch(() => null) : null);
  }
  if (isListed) return wayAlong(set, from, to, await histories.of(to));
  if (known.includes(to)) {
    const why = `it is of timeline ${from}, which does not lead to timeline ${to}`;
    return { open: false, because: 'other-branch', why };
  }
  const why = `the archive holds nothing of timeline ${to}; it holds timeline ${known.join(', ')}`;
  return { open: false, because: 'no-such-timeline', why };
}

/** The way from a set of timeline `from` to the timeline `to`, of which `history` is the history file. */
function wayAlong(set: BackupSet, from: number, to: number, history: TimelineHistory | null): Way {
  const forks = history?.forks ?? [];
  const spans = timelineSpans(from, set.lsnStop ?? 0n, to, forks);
  if (spans !== null) return { open: true, spans, forks, beganAt: history?.archivedAt ?? null };
  const left = forks.find(({ timeline }) => timeline === from);
  const why = left
    ? `timeline ${to} leaves timeline ${from} at LSN ${formatLsn(left.switchLsn)}, before the set ended at LSN ${formatLsn(set.lsnStop ?? 0n)}`
    : `it is of timeline ${from}, and timeline ${to} does not come from it`;
  return { open: false, because: 'other-branch', why };
}

/**
 * A cluster that was backed up while it was shut down needs no WAL to start, and nothing tells where its WAL would begin.
 * So it leads to its own end, and to the end of the archive only where no WAL was archived after it.
 */
function offlineWay(set: BackupSet, { leadsOffline, listing }: Wanted): Way {
  const stopped = set.stoppedAt.getTime();
  const isLast = listing.segments
    .values()
    .every((files) => files.every(({ archivedAt }) => archivedAt.getTime() <= stopped));
  if (leadsOffline(isLast)) return { open: true, spans: [], forks: [], beganAt: null };
  return {
    open: false,
    because: 'offline',
    why: 'it was taken offline, so it leads to its own end alone (--target-immediate)',
  };
}

/** The timeline of a set; null: it was taken offline, and nothing tells. */
export function timelineOf({ walStart }: Pick<BackupSet, 'walStart'>, segmentBytes: number): number | null {
  return walStart === null ? null : (parseSegmentName(walStart, segmentBytes)?.timeline ?? null);
}

function knownTimelines({ listing, sets, segmentBytes }: Wanted): number[] {
  const ofSegments = new Set(listing.segments.keys().map((name) => Number(`0x${name.slice(0, 8)}`)));
  const ofSets = sets.flatMap((set) => timelineOf(set, segmentBytes) ?? []);
  return [...new Set([...ofSegments, ...ofSets, ...listing.histories])].toSorted((a, b) => a - b);
}
