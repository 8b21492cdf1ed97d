import { DrillError } from '../../core/errors.ts';
import type { ArchiveListing } from '../../pgbackrest/archive.ts';
import type { BackupSet } from '../../pgbackrest/info.ts';
import { PathSegments } from '../../pgbackrest/path-segments.ts';
import { walPath, type TimelineSpan, type WalPath } from '../../pgbackrest/wal-path.ts';
import type { TimelineFork } from '../../postgres/timeline-history.ts';
import type { Way } from './way.ts';

/** What the archive held when the run began, as a recovery from one backup set sees it. */
export interface ArchiveState {
  readonly listing: ArchiveListing;
  readonly segmentBytes: number;
  readonly path: WalPath;
  /** Empty for a backup that was taken offline. */
  readonly spans: readonly TimelineSpan[];
  /** All timelines that led to the last one on the way, also those before the backup. */
  readonly forks: readonly TimelineFork[];
  /** When the last timeline on the way was begun, as far as its history file tells. */
  readonly beganAt: Date | null;
  /** When the newest segment was archived. */
  readonly newestAt: Date | null;
}

/** Follows the timelines from a backup through a listing of the archive. Throws `timeline-mismatch` when there is no way. */
export function followArchive(
  listing: ArchiveListing,
  backup: BackupSet,
  ways: ReadonlyMap<string, Way>,
  segmentBytes: number,
): ArchiveState {
  const way = ways.get(backup.label);
  if (way?.open !== true) {
    throw new DrillError(
      'timeline-mismatch',
      `the backup set ${backup.label} does not lead to the timeline that is wanted: ${way?.why ?? 'it is of another cluster'}`,
    );
  }
  const { spans, forks, beganAt } = way;
  const start = backup.walStart;
  const path: WalPath =
    start === null
      ? { segments: new PathSegments(segmentBytes), gap: null }
      : walPath({ present: listing.segments, spans, start, segmentBytes });
  const last = path.segments.at(-1);
  const newestAt = last === undefined ? null : (listing.segments.get(last)?.[0]?.archivedAt ?? null);
  return { listing, segmentBytes, path, spans, forks, beganAt, newestAt };
}
