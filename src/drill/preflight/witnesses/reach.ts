import { parseSegmentName, segmentNumberAt } from '../../../postgres/wal-segment.ts';
import type { Reach } from '../../../targets/reach.ts';
import type { ArchiveState } from '../archive-state.ts';

/** Whether the end of the archive bears on the recovery: it goes there, or the archive may end before the target. */
export function goesToTheEnd(reach: Reach, { path, newestAt, segmentBytes }: ArchiveState): boolean {
  switch (reach.kind) {
    case 'end':
      return true;
    case 'backup':
      return false;
    case 'moment':
      return newestAt === null || reach.at > newestAt;
    case 'position': {
      const last = parseSegmentName(path.segments.at(-1) ?? '', segmentBytes)?.number ?? -1n;
      return segmentNumberAt(reach.lsn, segmentBytes) > last;
    }
  }
}
