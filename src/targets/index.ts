import type { Lsn } from '../postgres/lsn.ts';
import type { Places, PlannedKind, RecoveryKind, TargetOf, Told } from './kind.ts';
import * as RECOVERY from './kinds.ts';
import * as PLANNED from './planned-kinds.ts';

/** Where a recovery stops. */
export type RecoveryTarget = TargetOf<(typeof RECOVERY)[keyof typeof RECOVERY]>;

/** Where a plan wants recovery to stop. */
export type PlannedTarget = TargetOf<(typeof PLANNED)[keyof typeof PLANNED]>;

/** A target of one kind. */
type OfKind<K extends PlannedTarget['type'], T extends PlannedTarget = PlannedTarget> = Extract<T, { type: K }>;
type KindsOf<T extends PlannedTarget, Kind> = {
  readonly [K in T['type']]: { readonly of: (target: OfKind<K, T>) => Kind; readonly told: Told };
};

const RECOVERY_KINDS: KindsOf<RecoveryTarget, RecoveryKind> = RECOVERY;
const PLANNED_KINDS: KindsOf<PlannedTarget, PlannedKind> = PLANNED;

/** The names of all kinds. */
export const TARGET_TYPES = Object.keys(PLANNED) as PlannedTarget['type'][];

/** What a drill knows of a target to recover to. */
export function kindOf<K extends RecoveryTarget['type']>(target: OfKind<K, RecoveryTarget>): RecoveryKind {
  const type: K = target.type;
  return RECOVERY_KINDS[type].of(target);
}

/** The same of the target of a plan, where that says by itself where recovery stops; null: it is drawn. */
export function recoveryKindOf(target: PlannedTarget): RecoveryKind | null {
  return target.type in RECOVERY_KINDS ? kindOf(target as RecoveryTarget) : null;
}

/** What is known of the target of a plan, before anything was looked up. */
export function plannedKindOf<K extends PlannedTarget['type']>(target: OfKind<K>): PlannedKind {
  const type: K = target.type;
  return PLANNED_KINDS[type].of(target);
}

/** Where recovery is to stop for the target of a plan, inside what the repository holds. Throws `target-not-found`. */
export function recoveryTargetOf(target: PlannedTarget, places: Places): RecoveryTarget {
  return plannedKindOf(target).resolve(places) as RecoveryTarget;
}

/** The target for people, with its UTC reading; `at` is where it lies, when it had to be looked for. */
export function targetText(target: PlannedTarget, at: Lsn | null = null): string {
  return plannedKindOf(target).text(at);
}

/** What reports say of a kind of target. */
export function toldOf(type: PlannedTarget['type']): Told {
  return PLANNED_KINDS[type].told;
}
