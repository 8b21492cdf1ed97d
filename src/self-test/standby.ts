import type { DrillPlan } from '../plan/drill-plan.ts';
import { plannedKindOf } from '../targets/index.ts';

/** Why nothing is changed in such a copy. */
export const STANDBY = 'the copy stays a standby, where nothing can be changed; a drill to another target shows it';

/** Whether the copy of a plan takes no change. */
export function staysStandby({ target }: Pick<DrillPlan, 'target'>): boolean {
  return plannedKindOf(target).staysInRecovery;
}
