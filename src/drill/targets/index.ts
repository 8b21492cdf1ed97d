import type { PlannedTarget, RecoveryTarget } from '../../plan/drill-plan.ts';
import type { Lsn } from '../../postgres/lsn.ts';
import { immediate } from './immediate.ts';
import type { OfKind, PlannedKind, RecoveryKind } from './kind.ts';
import { latest } from './latest.ts';
import { lsn } from './lsn.ts';
import { name } from './name.ts';
import { random } from './random.ts';
import { standby } from './standby.ts';
import { time } from './time.ts';
import { xid } from './xid.ts';

type KindsOf<T extends PlannedTarget, Kind> = { readonly [K in T['type']]: (target: OfKind<K, T>) => Kind };

/** All that a drill knows of each kind of target to recover to. To add one is to add a file and a line. */
const RECOVERY: KindsOf<RecoveryTarget, RecoveryKind> = { latest, standby, immediate, time, lsn, xid, name };

/** The kinds that a plan may name. */
const PLANNED: KindsOf<PlannedTarget, PlannedKind> = { ...RECOVERY, random };

/** What a drill knows of a target to recover to. */
export function kindOf<K extends RecoveryTarget['type']>(target: OfKind<K, RecoveryTarget>): RecoveryKind {
  const type: K = target.type;
  return RECOVERY[type](target);
}

/** What is known of the target of a plan, before anything was looked up. */
export function plannedKindOf<K extends PlannedTarget['type']>(target: OfKind<K>): PlannedKind {
  const type: K = target.type;
  return PLANNED[type](target);
}

/** The target for people, with its UTC reading; `at` is where it lies, when it had to be looked for. */
export function targetText(target: PlannedTarget, at: Lsn | null = null): string {
  return plannedKindOf(target).text(at);
}
