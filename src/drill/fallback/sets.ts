import type { BackupSet } from '../../pgbackrest/info.ts';

/** How many sets two of them are both made of: a file that is damaged in one of those is damaged for both. */
function sharedSets(a: BackupSet, b: BackupSet): number {
  const parts = new Set([a.label, ...a.reference]);
  return [b.label, ...b.reference].filter((label) => parts.has(label)).length;
}

/** The sets beside one that failed, the best to try first: those that share least with it, of these the newest. */
function othersOf(failed: BackupSet, usable: readonly BackupSet[]): BackupSet[] {
  return usable
    .filter(({ label }) => label !== failed.label)
    .toSorted((a, b) => sharedSets(a, failed) - sharedSets(b, failed) || b.stoppedAt.getTime() - a.stoppedAt.getTime());
}

/** The newest set that has no file in common with one that failed; null: there is none. */
export function unrelatedSet(failed: BackupSet, usable: readonly BackupSet[]): BackupSet | null {
  const [best] = othersOf(failed, usable);
  return best !== undefined && sharedSets(best, failed) === 0 ? best : null;
}

/** The set that has the fewest files in common with one that failed; null: there is no other. */
export function leastRelatedSet(failed: BackupSet, usable: readonly BackupSet[]): BackupSet | null {
  return othersOf(failed, usable)[0] ?? null;
}

/** The newest set that ended before another; null: there is none. */
export function setBefore(failed: BackupSet, usable: readonly BackupSet[]): BackupSet | null {
  return usable.findLast(({ stoppedAt }) => stoppedAt < failed.stoppedAt) ?? null;
}
