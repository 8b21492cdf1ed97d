import { listArchive, type ArchiveListing } from '../pgbackrest/archive.ts';
import { Histories } from '../pgbackrest/histories.ts';
import type { BackupSet } from '../pgbackrest/info.ts';
import type { TimelineSpan } from '../pgbackrest/wal-path.ts';
import type { PgBackRest } from '../pgbackrest/pgbackrest.ts';
import { missingOfSet, setsNotThere } from '../pgbackrest/repository-files.ts';
import { segmentBytesOf } from '../drill/preflight/survey.ts';
import { findWays, timelineOf, type Way } from '../drill/preflight/way.ts';
import { parseSegmentName, segmentNumberAt } from '../postgres/wal-segment.ts';
import { followArchive } from '../drill/preflight/archive-state.ts';
import { judgeArchive } from '../drill/preflight/witnesses/judge-archive.ts';
import type { TimelineChoice } from '../targets/timeline.ts';
import type { BranchFacts, ClusterFacts } from './facts.ts';
import { ageMs, newestSet } from './measures.ts';
import { walRanges, type WalRanges } from './wal-ranges.ts';
import { reachableAlong, type Reachable } from './windows.ts';

/** A cluster to be looked at, in one repository. */
export interface ClusterAsked {
  readonly pgbackrest: PgBackRest;
  readonly repo: number;
  readonly archiveId: string;
  readonly version: string;
  readonly systemId: string;
  /** Its sets in this repository, at least one. */
  readonly sets: readonly BackupSet[];
  /** Its sets in the others. */
  readonly setsElsewhere: readonly BackupSet[];
  readonly choice: TimelineChoice;
  /** retention-archive may have thinned the archive between the sets: this configuration names it. */
  readonly mayThin: boolean;
  readonly now: Date;
  readonly signal: AbortSignal;
}

/** What was found, and the listing that it was found in, for who compares archives. */
export interface ClusterLook {
  readonly facts: ClusterFacts;
  readonly listing: ArchiveListing;
  readonly segmentBytes: number;
  /** The last segment of the newest timeline; null: there is no WAL. */
  readonly last: string | null;
}

/** A cluster as the timelines lead through its archive. */
interface Charted {
  readonly asked: ClusterAsked;
  /** The sets whose files are there. */
  readonly sets: readonly BackupSet[];
  readonly listing: ArchiveListing;
  readonly ranges: WalRanges;
  readonly segmentBytes: number;
  readonly histories: Histories;
  readonly ways: ReadonlyMap<string, Way>;
}

/** Reads the archive of a cluster once, and follows it from each backup set. */
export async function lookAtCluster(asked: ClusterAsked): Promise<ClusterLook> {
  const { pgbackrest, repo, archiveId, signal } = asked;
  const notThere = await lostSets(asked);
  const gone = new Set(notThere.map(({ set }) => set.label));
  const sets = asked.sets.filter(({ label }) => !gone.has(label));
  const listing = await listArchive(pgbackrest, repo, archiveId, signal);
  const segmentBytes = segmentBytesOf(asked.sets);
  const histories = new Histories(pgbackrest, repo, archiveId, signal);
  const ranges = walRanges(listing.segments, segmentBytes);
  const ways = await waysTo(asked.choice, { sets, listing, segmentBytes, histories });
  const charted = { asked, sets, listing, ranges, segmentBytes, histories, ways };
  const facts: ClusterFacts = {
    archiveId,
    version: asked.version,
    systemId: asked.systemId,
    sets: asked.sets,
    notThere: notThere.map(({ set, missing }) => ({ label: set.label, missing })),
    archive: { segments: ranges.count, newest: ranges.newest },
    branches: await branchesOf(charted),
    ...(await judged(charted)),
  };
  return { facts, listing, segmentBytes, last: ranges.last };
}

/** Sets that are listed alone. Of the newest the manifest is looked for as well. */
async function lostSets({ pgbackrest, repo, sets, signal }: ClusterAsked): ReturnType<typeof setsNotThere> {
  const lost = await setsNotThere(pgbackrest, repo, sets, signal);
  const newest = newestSet(sets);
  if (newest === null || lost.some(({ set }) => set === newest)) return lost;
  const [missing] = await missingOfSet(pgbackrest, newest, signal);
  return missing === undefined ? lost : [...lost, { set: newest, missing }];
}

/** The ways to the timeline that is wanted. A set that was taken offline leads to its own end, which is all that is asked. */
function waysTo(
  choice: TimelineChoice,
  { sets, listing, segmentBytes, histories }: Pick<Charted, 'sets' | 'listing' | 'segmentBytes' | 'histories'>,
): Promise<ReadonlyMap<string, Way>> {
  return findWays({ leadsOffline: () => true, choice, listing, segmentBytes, sets }, histories);
}

/** The way that a recovery takes by itself, and the timelines that lead to sets or to moments which it leaves aside. */
async function branchesOf(charted: Charted): Promise<BranchFacts[]> {
  const { sets, segmentBytes, ways } = charted;
  const wanted = branchesAlong(sets, ways, charted);
  const newest = wanted.at(-1);
  const online = sets.filter((set) => timelineOf(set, segmentBytes) !== null);
  const own = branchesAlong(online, await waysTo('current', charted), charted);
  const others = own.filter(
    (branch) => !wanted.some(({ timeline }) => timeline === branch.timeline) && leadsElsewhere(branch, charted),
  );
  return [...wanted, ...others].map((branch) => ({ ...branch, isWanted: branch === newest }));
}

/** A set, and the timelines that it leads along. */
interface OnWay {
  readonly set: BackupSet;
  readonly spans: readonly TimelineSpan[];
}

/** What sets lead to, by the timelines that their ways end on; the one with the newest set comes last. */
function branchesAlong(
  sets: readonly BackupSet[],
  ways: ReadonlyMap<string, Way>,
  charted: Charted,
): Omit<BranchFacts, 'isWanted'>[] {
  const byTime = sets.toSorted((a, b) => a.stoppedAt.getTime() - b.stoppedAt.getTime());
  const open = byTime.flatMap((set): OnWay[] => {
    const way = ways.get(set.label);
    return way?.open === true ? [{ set, spans: way.spans }] : [];
  });
  const last = open.findLast(({ spans }) => spans.length > 0)?.spans.at(-1)?.timeline ?? 1;
  // A set that was taken offline is of no timeline that could be told: it stands with the newest.
  const groups = Map.groupBy(open, ({ spans }) => spans.at(-1)?.timeline ?? last);
  return [...groups]
    .toSorted(([, a], [, b]) => newestOf(a) - newestOf(b))
    .map(([timeline, members]) => ({ timeline, ...reachableBy(members, charted) }));
}

function newestOf(members: readonly OnWay[]): number {
  return members.at(-1)?.set.stoppedAt.getTime() ?? 0;
}

/** Their ways end alike, and so the longest holds the others. */
function reachableBy(
  members: readonly OnWay[],
  { listing, ranges: { ranges, duplicates }, segmentBytes, asked: { mayThin } }: Charted,
): Reachable {
  const [spans = []] = members.map((one) => one.spans).toSorted((a, b) => b.length - a.length);
  const archivedAt = (name: string): Date | null => listing.segments.get(name)?.[0]?.archivedAt ?? null;
  const sets = members.map(({ set }) => set);
  return reachableAlong({ sets, spans, ranges, duplicates, segmentBytes, mayThin, archivedAt });
}

/** Whether a timeline has sets that the wanted way does not pass, or goes on behind the fork at which that way leaves it. */
function leadsElsewhere({ timeline, windows }: Reachable & { timeline: number }, charted: Charted): boolean {
  const { sets, ways, segmentBytes } = charted;
  const last = windows.at(-1)?.lastSegment ?? null;
  if (last === null) return false;
  const ofTimeline = sets.filter((set) => timelineOf(set, segmentBytes) === timeline);
  return ofTimeline.some(({ label }) => {
    const way = ways.get(label);
    if (way?.open !== true) return true;
    const left = way.forks.find((fork) => fork.timeline === timeline);
    const end = parseSegmentName(last, segmentBytes)?.number ?? -1n;
    return left !== undefined && end > segmentNumberAt(left.switchLsn, segmentBytes);
  });
}

/** What a drill to the end of the archive would say before it restores anything, and how fresh the end is. */
async function judged(charted: Charted): Promise<Pick<ClusterFacts, 'archiveFault' | 'warnings' | 'overtaken'>> {
  const { asked, sets, listing, segmentBytes, ways, histories } = charted;
  const backup = newestSet(sets.filter((set) => set.walStart !== null && ways.get(set.label)?.open === true));
  if (backup === null) return { archiveFault: noWay(charted), warnings: [], overtaken: null };
  const state = followArchive(listing, backup, ways, segmentBytes);
  const { fault, warnings } = await judgeArchive({
    state,
    backup,
    sets,
    setsElsewhere: asked.setsElsewhere,
    productions: [],
    divergence: null,
    choice: asked.choice,
    reach: { kind: 'end' },
    histories,
    now: asked.now,
  });
  const { gap } = state.path;
  const nextAt = gap === null ? null : (listing.segments.get(gap.nextPresent)?.[0]?.archivedAt ?? null);
  const age = nextAt && ageMs(nextAt, asked.now);
  const isFresh = age !== null && age < OVERTAKING_MS;
  const overtaken =
    gap !== null && nextAt !== null && isFresh && fault?.missing === gap.firstMissing
      ? { missing: gap.firstMissing, next: gap.nextPresent, nextAt }
      : null;
  return { archiveFault: overtaken === null ? fault : null, warnings, overtaken };
}

/** Why none of the sets leads to the timeline that is wanted; null: all were taken offline, and lead to their own ends. */
function noWay({ sets, ways, segmentBytes }: Charted): ClusterFacts['archiveFault'] {
  const set = newestSet(sets.filter((one) => timelineOf(one, segmentBytes) !== null));
  const way = set && ways.get(set.label);
  if (set === null || way?.open !== false) return null;
  return {
    code: 'timeline-mismatch',
    message: `no backup set leads to the timeline that the plan asks for; of ${set.label}, the newest: ${way.why}`,
    hint: 'take the timeline out of the target of the plan, or name another one',
    missing: null,
  };
}

/** How long one push of WAL may take longer than those after it: archive-async pushes several at once (2.45). */
const OVERTAKING_MS = 5 * 60_000;
