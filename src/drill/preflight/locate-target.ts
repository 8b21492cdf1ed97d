import { asDrillError, DrillError } from '../../core/errors.ts';
import type { ArchiveListing } from '../../pgbackrest/archive.ts';
import type { BackupSet } from '../../pgbackrest/info.ts';
import type { PgBackRest } from '../../pgbackrest/pgbackrest.ts';
import type { PlannedTarget } from '../../targets/index.ts';
import type { PostgresBinaries } from '../../postgres/binaries.ts';
import type { Lsn } from '../../postgres/lsn.ts';
import type { ArchiveState } from './archive-state.ts';
import type { PreflightInput } from './survey.ts';
import { ambiguous, notFound, rolledBack, timelineOf, type Way } from './target-words.ts';
import { plannedKindOf, targetText } from '../../targets/index.ts';
import type { SoughtRecord } from '../../targets/kind.ts';
import { WalSearch, type Found } from './wal-search.ts';

interface Locating {
  readonly pgbackrest: PgBackRest;
  readonly binaries: PostgresBinaries | null;
  readonly backups: readonly BackupSet[];
  readonly listing: ArchiveListing;
  readonly segmentBytes: number;
  /** What a recovery from a backup set finds in the archive. Throws a DrillError when the set leads nowhere. */
  readonly follow: (backup: BackupSet) => ArchiveState;
}

/** Where an xid or a restore point lies. */
export interface Located {
  /** Where its record begins; null for other kinds of target. */
  readonly lsn: Lsn | null;
  /**
   * Throws `target-ambiguous` when a recovery from this backup set would meet the same name or xid before: PostgreSQL
   * stops at the first one. To be called once, when the set is chosen.
   */
  requireOne(backup: BackupSet, archive: ArchiveState): Promise<void>;
}

/**
 * Looks for an xid or a restore point in the archived WAL: every stretch that a backup set leads through, newest first, so
 * that gaps between old sets, forks and damaged segments do not end the search.
 */
export async function locateTarget(input: PreflightInput, places: Locating): Promise<Located> {
  const { target, source } = input.plan;
  const { record } = plannedKindOf(target);
  const newestFirst = places.backups.toSorted((a, b) => b.stoppedAt.getTime() - a.stoppedAt.getTime());
  const [newest] = newestFirst;
  if (record === null || !newest) return { lsn: null, requireOne: () => Promise.resolve() };
  const { binaries } = places;
  if (binaries === null) {
    throw new DrillError('postgres-missing', `${targetText(target)} is looked for with pg_waldump, which is not here`, {
      hint: "install PostgreSQL of the backup's major version on this machine, or name a time or an LSN",
    });
  }
  const directory = `${input.sandbox.paths.spool}/search`;
  const { signal } = input;
  const search = new WalSearch({ ...places, backup: newest, binaries, directory, wanted: record.wanted, signal });
  const named = newestFirst.filter(({ label }) => label === source.backup);
  const candidates = named.length > 0 ? named : newestFirst;
  const onRead = (segment: string): void => input.onProgress(`looking for ${targetText(target)} in ${segment}`);
  const found = await findNewest({ target, record, search, candidates, onRead, ...places });
  return {
    lsn: found.lsn,
    async requireOne(backup, archive) {
      const { segments } = archive.path;
      const last = segments.indexOf(found.segment);
      const met: Found[] = [];
      for (let index = 0; index <= last; index += 1) {
        const segment = segments.at(index) ?? '';
        if (!search.has(segment)) onRead(segment);
        const next = index < last ? (segments.at(index + 1) ?? null) : null;
        met.push(...(await search.in(segment, next)).filter((one) => leadsTo({ backup, archive }, one)));
      }
      await search.close();
      if (met.length > 1) throw ambiguous(target, backup, met, places.listing);
    },
  };
}

interface Looking extends Locating {
  readonly target: PlannedTarget;
  readonly record: SoughtRecord;
  readonly search: WalSearch;
  /** The sets that may be recovered from, newest first. */
  readonly candidates: readonly BackupSet[];
  readonly onRead: (segment: string) => void;
}

/** The newest place that a recovery from one of the sets meets. Throws a DrillError when there is none, or it is no commit. */
async function findNewest(looking: Looking): Promise<Found> {
  const ways: Way[] = [];
  for (const backup of looking.candidates) {
    const way = wayFrom(backup, looking.follow);
    if (way === null) continue;
    ways.push(way);
    const found = await newestOn(way, looking);
    if (found === null) continue;
    if (found.kind === 'abort') throw rolledBack(looking.target, found);
    return found;
  }
  throw notFound({ ...looking, ways, elsewhere: await newestElsewhere(looking) });
}

/** Null when the set does not lead to the wanted timeline: another set may. */
function wayFrom(backup: BackupSet, follow: Locating['follow']): Way | null {
  try {
    return { backup, archive: follow(backup) };
  } catch (error) {
    if (asDrillError(error)?.code === 'timeline-mismatch') return null;
    throw error;
  }
}

async function newestOn(way: Way, { search, onRead }: Looking): Promise<Found | null> {
  const { segments } = way.archive.path;
  for (let index = segments.length - 1; index >= 0; index -= 1) {
    const segment = segments.at(index) ?? '';
    if (!search.has(segment)) onRead(segment);
    const found = (await search.in(segment, segments.at(index + 1) ?? null)).findLast((one) => leadsTo(way, one));
    if (found) return found;
  }
  return null;
}

/** Whether a recovery from a set meets this record: behind the end of the backup, and on no timeline that was left before. */
function leadsTo({ backup, archive }: Way, { lsn, segment }: Found): boolean {
  const timeline = timelineOf(segment);
  const left = archive.spans[archive.spans.findIndex((span) => span.timeline === timeline) + 1];
  return (
    backup.lsnStop !== null &&
    lsn >= backup.lsnStop &&
    archive.path.segments.includes(segment) &&
    (left === undefined || lsn < left.begin)
  );
}

/** Where it lies in WAL that no set leads to: behind a hole, or on another timeline. */
async function newestElsewhere({ search, listing, onRead }: Looking): Promise<Found | null> {
  // By position, the newest first, whatever the timeline.
  const rest = [...listing.segments.keys()].toSorted((a, b) => (a.slice(8) < b.slice(8) ? 1 : -1));
  for (const segment of rest) {
    if (!search.has(segment)) onRead(segment);
    const found = (await search.in(segment, null)).at(-1);
    if (found) return found;
  }
  return null;
}
