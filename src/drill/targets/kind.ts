import type { DrillError } from '../../core/errors.ts';
import type { Instant } from '../../core/instant.ts';
import type { BackupSet } from '../../pgbackrest/info.ts';
import type { PlannedTarget, RecoveryTarget } from '../../plan/drill-plan.ts';
import type { TimelineChoice } from '../../plan/schema.ts';
import type { Lsn } from '../../postgres/lsn.ts';
import type { RecoveryFacts } from '../../postgres/recovery-log.ts';
import type { Wanted } from '../../postgres/waldump.ts';
import type { DrillReport } from '../../report/report.ts';
import type { ArchiveState } from '../preflight/archive-state.ts';
import type { RecoveryEvidence } from '../recover/evidence.ts';
import type { Reach } from '../preflight/witnesses/reach.ts';

/** A target of one kind. */
export type OfKind<K extends PlannedTarget['type'], T extends PlannedTarget = PlannedTarget> = Extract<T, { type: K }>;

/** What a target of a plan means to a drill, before anything was looked up. */
export interface PlannedKind {
  /** The target for people, a time in UTC; `lsn` is where it lies, when it had to be looked for. */
  readonly text: (lsn: Lsn | null) => string;
  /** The value of the target for the report; null: the kind alone says where. */
  readonly value: string | null;
  /** A time as a person typed it. */
  readonly asTyped: string | null;
  /** Where recovery is to stop, inside what the repository holds. Throws `target-not-found`. */
  readonly resolve: (places: Places) => RecoveryTarget;
  /**
   * Whether a backup set leads to the moment or the position that a person named; null: nobody named one, or it is counted
   * back from now.
   */
  readonly namedPlace: ((set: BackupSet) => boolean) | null;
  /** Whether a set that was taken offline leads there; `isLast`: no WAL was archived after it. */
  readonly leadsOffline: (isLast: boolean) => boolean;
  /** Recovery goes to the end of the archive: there alone an RPO is measured, and no later WAL counts. */
  readonly goesToTheEnd: boolean;
  /** The copy stays a standby; else it is promoted. */
  readonly staysInRecovery: boolean;
  /** How the report names the way in which a chosen target is known to be reached; null: it has no name for it. */
  readonly reachedBy: DrillReport['rpo']['method'];
  /** The record of the WAL that has to be looked for, since the target does not say where it lies. */
  readonly record: SoughtRecord | null;
}

/** What a drill knows of a target to recover to. To add a kind is to add a file with one of these, and a line to the table. */
export interface RecoveryKind extends PlannedKind {
  /** Whether a set stopped before the target, as far as the set alone tells; `lsn` is where it lies, when it was looked for. */
  readonly leadsTo: (set: BackupSet, lsn: Lsn | null) => boolean;
  /** How far the recovery goes. */
  readonly reach: (lsn: Lsn | null) => Reach;
  /** Why it is certain before the restore that the archive ends before the target; null: it is not. */
  readonly unreachable: (end: ArchiveEnd) => DrillError | null;
  /** The options of `pgbackrest restore` that name the target. */
  readonly restoreOptions: (timeline: TimelineChoice) => string[];
  /** The same for PostgreSQL: settings by their names. */
  readonly recoverySettings: (timeline: TimelineChoice) => Setting[];
  /** Why the target was provably reached, in a sentence; null: that is not proven. May throw a DrillError that says more. */
  readonly prove: (evidence: RecoveryEvidence) => string | null;
  /** Why replay ended short of the target, where its kind tells more than that the archive ends before it. */
  readonly endedShort: (facts: RecoveryFacts, newestAt: Date | null) => DrillError | null;
  /** The moment that the age of data is counted from. */
  readonly referenceMoment: (reached: Reached) => Instant;
}

/** What the repository holds, for a target that is drawn from it. */
export interface Places {
  readonly backups: readonly BackupSet[];
  /** What a recovery from a backup set finds in the archive. */
  readonly follow: (backup: BackupSet) => ArchiveState;
  readonly now: Date;
  /** 0 to 1. */
  readonly random: () => number;
}

/** Where the archive ends on the way of a recovery. */
export interface ArchiveEnd extends Pick<ArchiveState, 'newestAt' | 'segmentBytes'> {
  /** The name of the last segment. */
  readonly last: string;
}

export const CHOOSE_EARLIER = 'choose an earlier target, or wait until the WAL that holds it has been archived';

export type Setting = readonly [name: string, value: string];

/** A recovery that reached its target. */
export interface Reached {
  readonly backup: Pick<BackupSet, 'stoppedAt'>;
  readonly startedAt: Date;
  readonly facts: Pick<RecoveryFacts, 'stop' | 'lastCommitAt'>;
}

/** What is looked for in the WAL, and the words for when it is not there. */
export interface SoughtRecord {
  readonly wanted: Wanted;
  /** The name that may have been meant, of those that were seen; empty when there is none. */
  readonly didYouMean: (names: Iterable<string>) => string;
  /** What a person is to look at again. */
  readonly lookAt: string;
}
