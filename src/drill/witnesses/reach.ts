import type { RecoveryTarget } from '../../plan/drill-plan.ts';
import type { Lsn } from '../../postgres/lsn.ts';
import { parseSegmentName, segmentNumberAt } from '../../postgres/wal-segment.ts';
import type { ArchiveState } from '../archive-state.ts';

/** How far a recovery goes: to the backup's own end, to the end of the archive, to a position, or to a moment. */
export type Reach =
  | { readonly kind: 'backup' | 'end' }
  | { readonly kind: 'lsn'; readonly lsn: Lsn }
  | { readonly kind: 'time'; readonly at: Date };

/** The reach of a target; `targetLsn` is where it lies when it had to be looked for. */
export function reachOf(target: RecoveryTarget, targetLsn: Lsn | null): Reach {
  if (target.type === 'time') return { kind: 'time', at: new Date(Number(target.instant / 1000n)) };
  const lsn = target.type === 'lsn' ? target.lsn : targetLsn;
  if (lsn !== null) return { kind: 'lsn', lsn };
  return { kind: target.type === 'immediate' ? 'backup' : 'end' };
}

/** Whether the end of the archive bears on the recovery: it goes there, or the archive may end before the target. */
export function goesToTheEnd(reach: Reach, { path, newestAt, segmentBytes }: ArchiveState): boolean {
  switch (reach.kind) {
    case 'end':
      return true;
    case 'backup':
      return false;
    case 'time':
      return newestAt === null || reach.at > newestAt;
    case 'lsn': {
      const last = parseSegmentName(path.segments.at(-1) ?? '', segmentBytes)?.number ?? -1n;
      return segmentNumberAt(reach.lsn, segmentBytes) > last;
    }
  }
}
