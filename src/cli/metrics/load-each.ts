import { asDrillError, DrillError } from '../../core/errors.ts';
import type { DrillPlan } from '../../plan/drill-plan.ts';
import { plansFor, sameName, sameNamed } from '../plans/load-plans.ts';

/** A plan file, and where its reports are if not where it says. */
export interface PlanPlace {
  readonly file: string;
  readonly reports: string | undefined;
}

/** Plans that can be used, and what is wrong with the others. */
export interface LoadedPlans {
  readonly plans: readonly DrillPlan[];
  readonly problems: readonly DrillError[];
}

/**
 * Loads some plans, each for itself: one that cannot be used keeps nothing back of the others. Of two that give one name to their
 * drills the second cannot be used, since nobody could tell their runs apart. Throws `not-found` for a file that is not there.
 */
export function loadEach(places: readonly PlanPlace[]): LoadedPlans {
  const plans: DrillPlan[] = [];
  const problems: DrillError[] = [];
  for (const place of places) {
    const loaded = loadOne(place);
    if (loaded instanceof DrillError) {
      problems.push(loaded);
      continue;
    }
    const [first] = loaded;
    const same = first === undefined ? null : sameNamed(first, plans);
    if (same === null) plans.push(...loaded);
    else problems.push(sameName(place.file, same));
  }
  return { plans, problems };
}

/** Several, where a plan names several repositories. */
function loadOne({ file, reports }: PlanPlace): DrillPlan[] | DrillError {
  try {
    return plansFor([file], reports === undefined ? {} : { reports });
  } catch (error) {
    const known = asDrillError(error);
    if (known?.code === 'plan-invalid') return known;
    throw error;
  }
}
