import type { BackupSet } from '../../pgbackrest/info.ts';
import { parseSegmentName } from '../../postgres/wal-segment.ts';
import { END_OF_SET, endOfSegment } from '../../targets/fallback.ts';
import type { PlannedTarget } from '../../targets/index.ts';
import type { ArchiveState } from '../preflight/archive-state.ts';

interface Archive {
  /** The sets that lead to the target, oldest first. */
  readonly usable: readonly BackupSet[];
  readonly follow: (set: BackupSet) => ArchiveState;
}

/** A set, and how far it leads in an archive with a hole. */
export interface BeforeHole {
  readonly set: BackupSet;
  /** Null: the target itself, since the set begins behind the hole. */
  readonly target: PlannedTarget | null;
  /** The last segment before the hole, if it comes so far. */
  readonly last: string | null;
}

/**
 * The newest set that recovers in spite of a WAL segment that is not there, or of no use, and how far: to the last commit before the
 * hole. A set whose own WAL is all that is there leads to its own end: PostgreSQL switches the segment when a backup ends. Null:
 * nothing leads anywhere, or the file is no segment.
 */
export function beforeHole(file: string, { usable, follow }: Archive): BeforeHole | null {
  for (const set of usable.toReversed()) {
    const found = leadOf(set, file, follow(set));
    if (found !== null) return found;
  }
  return null;
}

function leadOf(set: BackupSet, file: string, { path, segmentBytes }: ArchiveState): BeforeHole | null {
  const numberOf = (name: string | null | undefined): bigint | null =>
    parseSegmentName(name ?? '', segmentBytes)?.number ?? null;
  const hole = numberOf(file);
  const first = numberOf(set.walStart);
  const own = numberOf(set.walStop);
  if (hole === null || first === null || own === null) return null;
  if (first > hole) return { set, target: null, last: null };
  const last = path.segments.lastBefore(hole);
  const end = numberOf(last);
  if (last === undefined || end === null || own >= hole || end < own) return null;
  const target = end === own ? END_OF_SET : endOfSegment(last, end * BigInt(segmentBytes));
  return { set, target, last };
}
