import type { DrillError } from '../core/errors.ts';
import type { Instant } from '../core/instant.ts';
import type { z } from 'zod';
import type { ArchiveListing } from '../pgbackrest/archive.ts';
import type { BackupSet } from '../pgbackrest/info.ts';
import type { WalPath } from '../pgbackrest/wal-path.ts';
import type { Lsn } from '../postgres/lsn.ts';
import type { RecoveryFacts } from '../postgres/recovery-log.ts';
import type { Wanted } from '../postgres/waldump.ts';
import type { RecoveryEvidence } from './evidence.ts';
import type { Reach } from './reach.ts';
import type { TimelineChoice } from './timeline.ts';

/** A target of whatever kind. */
export interface AnyTarget {
  readonly type: string;
}

/** All about a kind of target: how a plan writes it, what a drill does with it, and how a report tells it. */
export interface TargetKind<Block extends z.ZodObject, T extends AnyTarget, K extends PlannedKind> {
  /** The block of a plan. One of its keys is the name of the kind. */
  readonly block: Block;
  /** `target: NAME` is enough in a plan, for `target: { NAME: true }`. */
  readonly isWord?: boolean;
  /** The timeline that is followed where the plan names none; default: the latest. */
  readonly follows?: TimelineChoice;
  /** The target that a block means. What the schema cannot see is refused through `context`. */
  readonly read: (block: z.output<Block>, context: Reading) => T;
  readonly of: (target: T) => K;
  readonly told: Told;
}

/** What a block is read with. */
export interface Reading {
  readonly now: Date;
  /** `at`: where in what was written of the kind; default: all of it. */
  readonly refuse: (problem: string, at?: readonly number[]) => void;
}

/** What reports say of a kind of target. */
export interface Told {
  readonly words: string;
  /** How its value is shown behind the words; null: it is not. */
  readonly value: 'code' | 'lsn' | 'moment' | null;
  /** The words where the value is not known; default: the same, and a question mark. */
  readonly unknown?: string;
  /** PostgreSQL names no stop when it recovers to the end of the WAL. */
  readonly isSilent?: boolean;
  /** Which way out of a disaster a recovery of this kind rehearses; null: none. */
  readonly rehearses: 'latest' | 'point-in-time' | 'standby' | null;
}

/** Nothing but its types: what `read` gives is what `of` takes. */
export function targetKind<Block extends z.ZodObject, T extends AnyTarget, K extends PlannedKind>(
  kind: TargetKind<Block, T, K>,
): TargetKind<Block, T, K> {
  return kind;
}

/** The target of a kind in a table of kinds. */
export type TargetOf<Kind> = Kind extends { readonly of: (target: infer T) => unknown } ? T : never;

/** What a target of a plan means to a drill, before anything was looked up. */
export interface PlannedKind {
  /** The target for people, a time in UTC; `lsn` is where it lies, when it had to be looked for. */
  readonly text: (lsn: Lsn | null) => string;
  /** The value of the target for the report; null: the kind alone says where. */
  readonly value: string | null;
  /** A time as a person typed it. */
  readonly asTyped: string | null;
  /** Where recovery is to stop, inside what the repository holds. Throws `target-not-found`. */
  readonly resolve: (places: Places) => AnyTarget;
  /**
   * Whether a backup set leads to the moment or the position that a person named; null: nobody named one, or it is counted
   * back from now.
   */
  readonly namedPlace: ((set: BackupSet) => boolean) | null;
  /** Whether a set that was taken offline leads there; `isLast`: no WAL was archived after it. */
  readonly leadsOffline: (isLast: boolean) => boolean;
  /** Recovery goes to the end of the archive: only there an RPO is measured, and later WAL does not count. */
  readonly goesToTheEnd: boolean;
  /** The copy stays a standby; else it is promoted. */
  readonly staysInRecovery: boolean;
  /** It is held at positions on its way: how long it takes says nothing of a recovery to one of them. */
  readonly isClimbed: boolean;
  /** How the report names the way in which a chosen target is known to be reached; null: it has no name for it. */
  readonly reachedBy: 'stopped-before-later-commit' | 'target-reached' | null;
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
  /** The sets that may be restored. */
  readonly backups: readonly BackupSet[];
  /** What a recovery from a backup set finds in the archive. */
  readonly follow: (backup: BackupSet) => Followed;
  readonly now: Date;
  /** What a place is drawn by. */
  readonly seed: string;
}

/** What the archive holds on the way of a recovery. */
interface Followed {
  readonly listing: ArchiveListing;
  readonly segmentBytes: number;
  readonly path: WalPath;
}

/** Where the archive ends on the way of a recovery. */
export interface ArchiveEnd {
  /** The name of the last segment. */
  readonly last: string;
  /** When the newest segment was archived. */
  readonly newestAt: Date | null;
  readonly segmentBytes: number;
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
