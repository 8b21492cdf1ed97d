import type { ArchivedPartial } from '../../../pgbackrest/archive.ts';
import type { TimelineFork } from '../../../postgres/timeline-history.ts';
import { parseSegmentName, segmentNumberAt } from '../../../postgres/wal-segment.ts';
import type { ArchiveState } from '../archive-state.ts';
import type { Branch } from './branches.ts';

interface Seen {
  readonly state: ArchiveState;
  /** Where timelines were left, by all history files of the archive. */
  readonly forks: readonly TimelineFork[];
  readonly branches: readonly Branch[];
  /** The last moment at which production is known to have been on the last timeline of the way. */
  readonly anchor: Date;
}

/**
 * The unfinished segment that shows a timeline of which nothing else is left; null: there is none. A server that is
 * promoted within a segment archives what it had of it as `NAME.partial` (9.5 to 18). That is explained if a history file
 * says that the timeline was left there, if WAL of a timeline without a history file is there (which is judged for itself),
 * or if production went on along the timeline that was left, or along ours, after it.
 */
export function lostTimeline({ state, forks, branches, anchor }: Seen): ArchivedPartial | null {
  const { listing, segmentBytes } = state;
  if (branches.some(({ isOrphan }) => isOrphan)) return null;
  const isExplained = ({ name, archivedAt }: ArchivedPartial): boolean => {
    const segment = parseSegmentName(name, segmentBytes);
    const wasLeft = forks.some(
      ({ timeline, switchLsn }) =>
        timeline === segment?.timeline && segmentNumberAt(switchLsn, segmentBytes) === segment.number,
    );
    const wasFinished = (listing.segments.get(name) ?? []).some((whole) => whole.archivedAt >= archivedAt);
    return wasLeft || wasFinished || archivedAt <= anchor;
  };
  return listing.partials.find((partial) => !isExplained(partial)) ?? null;
}
