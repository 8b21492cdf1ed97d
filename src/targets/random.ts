import { z } from 'zod';
import { drawn } from '../core/draw.ts';
import { asDrillError, DrillError } from '../core/errors.ts';
import { duration } from '../core/plan-values.ts';
import type { BackupSet } from '../pgbackrest/info.ts';
import { parseSegmentName } from '../postgres/wal-segment.ts';
import type { LsnTarget } from './lsn.ts';
import { targetKind, type Places, type PlannedKind } from './kind.ts';
import { timeline } from './timeline.ts';

interface RandomTarget {
  readonly type: 'random';
  readonly withinMs: number;
}

/** A random position inside the recoverable window: a target of a plan alone, which becomes an LSN. */
export const random = targetKind({
  block: z.strictObject({
    random: z.strictObject({ within: duration }).describe('a random point in the WAL archived within this time'),
    timeline,
  }),
  read: ({ random: { within } }): RandomTarget => ({ type: 'random', withinMs: within }),
  told: { words: 'the random position', value: 'lsn', unknown: 'a random position', rehearses: 'point-in-time' },
  of: (target: RandomTarget): PlannedKind => ({
    text: () => 'a random position',
    value: null,
    asTyped: null,
    resolve: (places) => draw(target, places),
    namedPlace: null,
    leadsOffline: () => false,
    goesToTheEnd: false,
    staysInRecovery: false,
    isClimbed: false,
    reachedBy: null,
    record: null,
  }),
});

/** Whether each run takes another target of this kind. */
export function isByChance(type: string): boolean {
  return type === 'random';
}

/** As an LSN: a random time might lie after the last commit of an idle production, where PostgreSQL could never prove to have arrived. */
function draw(target: RandomTarget, places: Places): LsnTarget {
  const way = oldestWay(places);
  if (way === null) throw nothingInside();
  const { archive, backup } = way;
  const { path, listing, segmentBytes } = archive;
  const since = places.now.getTime() - target.withinMs;
  const isCandidate = (name: string): boolean =>
    (listing.segments.get(name)?.[0]?.archivedAt.getTime() ?? 0) >= since &&
    (backup.walStop === null || name > backup.walStop);
  const segment = drawn(places.seed, Iterator.from(path.segments).filter(isCandidate));
  if (segment === null) throw nothingInside();
  const number = parseSegmentName(segment, segmentBytes)?.number ?? 0n;
  // The first record that begins in the segment: a later position may lie behind the last record of a switched segment.
  return { type: 'lsn', lsn: number * BigInt(segmentBytes) };
}

/** The oldest set that leads anywhere; null: none does. */
function oldestWay({ backups, follow }: Places): { backup: BackupSet; archive: ReturnType<Places['follow']> } | null {
  const oldestFirst = backups.toSorted((a, b) => a.stoppedAt.getTime() - b.stoppedAt.getTime());
  for (const backup of oldestFirst) {
    try {
      return { backup, archive: follow(backup) };
    } catch (error) {
      if (asDrillError(error)?.code !== 'timeline-mismatch' || backup === oldestFirst.at(-1)) throw error;
    }
  }
  return null;
}

function nothingInside(): DrillError {
  return new DrillError(
    'target-not-found',
    'no WAL behind the backup was archived inside the window of the random target',
    { hint: 'widen it with target.random.within' },
  );
}
