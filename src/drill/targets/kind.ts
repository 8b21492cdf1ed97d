import type { BackupSet } from '../../pgbackrest/info.ts';
import type { PlannedTarget, RecoveryTarget } from '../../plan/drill-plan.ts';
import type { Lsn } from '../../postgres/lsn.ts';
import type { ArchiveState } from '../archive-state.ts';

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
}

/** What a drill knows of a target to recover to. To add a kind is to add a file with one of these, and a line to the table. */
export interface RecoveryKind extends PlannedKind {}

/** What the repository holds, for a target that is drawn from it. */
export interface Places {
  readonly backups: readonly BackupSet[];
  /** What a recovery from a backup set finds in the archive. */
  readonly follow: (backup: BackupSet) => ArchiveState;
  readonly now: Date;
  /** 0 to 1. */
  readonly random: () => number;
}
