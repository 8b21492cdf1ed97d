import { z } from 'zod';
import { DrillError } from '../core/errors.ts';
import { duration } from '../core/plan-values.ts';
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
    reachedBy: null,
    record: null,
  }),
});

/** Whether each run takes another target of this kind. */
export function isByChance(type: string): boolean {
  return type === 'random';
}

/** As an LSN: a random time might lie after the last commit of an idle production, where PostgreSQL could never prove to have arrived. */
function draw(target: RandomTarget, { backups, follow, now, random: chance }: Places): LsnTarget {
  const oldest = backups.toSorted((a, b) => a.stoppedAt.getTime() - b.stoppedAt.getTime())[0];
  if (!oldest) throw nothingInside();
  const { path, listing, segmentBytes } = follow(oldest);
  const since = now.getTime() - target.withinMs;
  const isCandidate = (name: string): boolean =>
    (listing.segments.get(name)?.[0]?.archivedAt.getTime() ?? 0) >= since &&
    (oldest.walStop === null || name > oldest.walStop);
  const candidates = (): IteratorObject<string> => Iterator.from(path.segments).filter(isCandidate);
  const count = candidates().reduce((sum) => sum + 1, 0);
  const segment = candidates()
    .drop(Math.floor(chance() * count))
    .next().value;
  if (segment === undefined) throw nothingInside();
  const number = parseSegmentName(segment, segmentBytes)?.number ?? 0n;
  // The first record that begins in the segment: a later position may lie behind the last record of a switched segment.
  return { type: 'lsn', lsn: number * BigInt(segmentBytes) };
}

function nothingInside(): DrillError {
  return new DrillError(
    'target-not-found',
    'no WAL after the first backup was archived inside the window of the random target',
    { hint: 'widen it with target.random.within' },
  );
}
