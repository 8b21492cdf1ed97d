import type { BackupSet } from '../pgbackrest/info.ts';
import type { Promises } from './facts.ts';

/** How the sets of a repository stand to what was promised. */
export interface RetentionState {
  readonly kind: 'full' | 'diff';
  readonly promised: number;
  readonly present: number;
  /** Sets beyond the promise that were there an hour after the newest: expire had its time. */
  readonly overdue: readonly string[];
}

/** expire runs after each backup, and may take its time on an object store. */
const EXPIRE_MS = 3_600_000;

/**
 * Counts as pgBackRest does: differential sets are counted together with full ones, since a full one is as good (2.45 to 2.60,
 * repo-retention-diff).
 */
export function retentionStates(sets: readonly BackupSet[], { retention }: Promises, now: Date): RetentionState[] {
  const newestFirst = sets.toSorted((a, b) => b.stoppedAt.getTime() - a.stoppedAt.getTime());
  const full = newestFirst.filter(({ type }) => type === 'full');
  const differential = newestFirst.filter(({ type }) => type !== 'incr');
  return [
    ...stateOf('full', retention?.full ?? null, full, now),
    ...stateOf('diff', retention?.diff ?? null, differential, now),
  ];
}

function stateOf(
  kind: RetentionState['kind'],
  promised: number | null,
  newestFirst: readonly BackupSet[],
  now: Date,
): RetentionState[] {
  if (promised === null) return [];
  const settled = newestFirst.filter(({ stoppedAt }) => now.getTime() - stoppedAt.getTime() > EXPIRE_MS);
  const isSettled = settled[0]?.label === newestFirst[0]?.label;
  const beyond = isSettled ? newestFirst.slice(promised).filter(({ type }) => type === kind) : [];
  return [{ kind, promised, present: newestFirst.length, overdue: beyond.map(({ label }) => label) }];
}
