import type { BackupSet } from '../pgbackrest/info.ts';
import type { BranchFacts, ClusterFacts, Promises, RepositoryFacts } from './facts.ts';
import type { RecoveryWindow } from './windows.ts';

/** A promise, and what was found. */
interface Measure {
  /** Null: it could not be measured. */
  readonly measuredMs: number | null;
  readonly objectiveMs: number | null;
  /** Null: nothing was promised, or nothing measured. */
  readonly met: boolean | null;
}

/** What a repository is measured by. */
export interface Measures {
  readonly backupAge: Measure;
  /** The age of the newest WAL that can be recovered. */
  readonly rpo: Measure;
  /** How far every moment up to the newest one can be recovered to. */
  readonly recoverable: Measure;
}

/** How far the clocks of two machines may be apart without a doubt about ages. */
const CLOCK_SKEW_MS = 60_000;

/** An age in milliseconds; null: it lies in the future, so that one of the clocks is wrong. */
export function ageMs(moment: Date, now: Date): number | null {
  const age = now.getTime() - moment.getTime();
  return age < -CLOCK_SKEW_MS ? null : Math.max(0, age);
}

/** The branch that a recovery takes by itself. */
function wantedBranch({ branches }: ClusterFacts): BranchFacts | null {
  return branches.find(({ isWanted }) => isWanted) ?? null;
}

/** The window that a recovery to the end of the archive would reach the end of; null: there is none. */
export function lastWindow(cluster: ClusterFacts): RecoveryWindow | null {
  return wantedBranch(cluster)?.windows.at(-1) ?? null;
}

/** The newest of some backup sets. */
export function newestSet(sets: readonly BackupSet[]): BackupSet | null {
  return sets.toSorted((a, b) => a.stoppedAt.getTime() - b.stoppedAt.getTime()).at(-1) ?? null;
}

/** Measures a repository; all null where it was not looked at. */
export function measuresOf({ clusters: [cluster] }: RepositoryFacts, promised: Promises, now: Date): Measures {
  const newest = cluster === undefined ? null : newestSet(cluster.sets);
  const window = cluster === undefined ? null : lastWindow(cluster);
  const walAge = window === null ? null : ageMs(window.to, now);
  return {
    backupAge: atMost(newest && ageMs(newest.stoppedAt, now), promised.backupAgeMs),
    rpo: atMost(walAge, promised.rpoMs),
    recoverable: recoverableOf(walAge === null ? null : window, walAge ?? 0, promised),
  };
}

/**
 * The newest window, as long as it surely is. Nobody can recover what is not archived yet: as long as the RPO is met, the time
 * since the newest WAL does not make a window of 28 days too short for a promise of 28 days.
 */
function recoverableOf(window: RecoveryWindow | null, walAgeMs: number, { rpoMs, recoverableMs }: Promises): Measure {
  const measuredMs = window && window.to.getTime() - window.from.getTime();
  if (measuredMs === null || recoverableMs === null) return { measuredMs, objectiveMs: recoverableMs, met: null };
  const allowed = rpoMs !== null && walAgeMs <= rpoMs ? walAgeMs : 0;
  return { measuredMs, objectiveMs: recoverableMs, met: measuredMs + allowed >= recoverableMs };
}

function atMost(measuredMs: number | null, objectiveMs: number | null): Measure {
  return {
    measuredMs,
    objectiveMs,
    met: measuredMs === null || objectiveMs === null ? null : measuredMs <= objectiveMs,
  };
}
