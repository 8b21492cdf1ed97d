import { DrillError } from '../core/errors.ts';
import type { BackupSet } from '../pgbackrest/info.ts';
import type { RecoveryTarget } from '../plan/drill-plan.ts';
import { parseSegmentName } from '../postgres/wal-segment.ts';
import type { ArchiveState } from './archive-state.ts';
import type { PreflightInput } from './survey.ts';

interface Places {
  readonly backups: readonly BackupSet[];
  readonly follow: (backup: BackupSet) => ArchiveState;
}

/**
 * A random point inside the recoverable window, as an LSN: a random time might lie after the last commit of an idle
 * production, where PostgreSQL could never prove to have arrived.
 */
export function resolveRandom(input: PreflightInput, { backups, follow }: Places): RecoveryTarget {
  const { target } = input.plan;
  const oldest = backups.toSorted((a, b) => a.stoppedAt.getTime() - b.stoppedAt.getTime())[0];
  if (target.type !== 'random' || !oldest) return target;
  const { path, listing, segmentBytes } = follow(oldest);
  const since = input.now.getTime() - target.withinMs;
  const isCandidate = (name: string): boolean =>
    (listing.segments.get(name)?.[0]?.archivedAt.getTime() ?? 0) >= since &&
    (oldest.walStop === null || name > oldest.walStop);
  const candidates = (): IteratorObject<string> => Iterator.from(path.segments).filter(isCandidate);
  const count = candidates().reduce((sum) => sum + 1, 0);
  const segment = candidates()
    .drop(Math.floor(input.random() * count))
    .next().value;
  if (segment === undefined) {
    throw new DrillError(
      'target-not-found',
      'no WAL after the first backup was archived inside the window of the random target',
      {
        hint: 'widen it with target.random.within',
      },
    );
  }
  const number = parseSegmentName(segment, segmentBytes)?.number ?? 0n;
  // The first record that begins in the segment: a later position may lie behind the last record of a switched segment.
  return { type: 'lsn', lsn: number * BigInt(segmentBytes) };
}
