import type { Lsn } from '../postgres/lsn.ts';
import type { PlannedTarget, RecoveryTarget } from './index.ts';

// What is recovered to after a run that failed, and where bisect looks: no plan writes these.

/** The end of the archive. */
export const END_OF_ARCHIVE: PlannedTarget = { type: 'latest' };

/** The end of the archive, in recovery: what holds replay at positions along the way. */
export const ALONG_THE_ARCHIVE: RecoveryTarget = { type: 'standby' };

/** The end of the backup set itself. */
export const END_OF_SET: PlannedTarget = { type: 'immediate' };

/** The last commit in a WAL segment, or its first record where it has none; `begin`: where the segment begins. */
export function endOfSegment(segment: string, begin: Lsn): PlannedTarget {
  return { type: 'lsn', lsn: begin, lastCommitIn: segment };
}

/** The WAL segment whose last commit has to be looked for; null: the target says itself where it lies. */
export function soughtSegment(target: RecoveryTarget): string | null {
  return target.type === 'lsn' ? (target.lastCommitIn ?? null) : null;
}

/** A position in the WAL. */
export function atPosition(lsn: Lsn): RecoveryTarget {
  return { type: 'lsn', lsn };
}
