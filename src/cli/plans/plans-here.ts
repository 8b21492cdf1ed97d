import { asDrillError } from '../../core/errors.ts';
import type { DrillPlan } from '../../plan/drill-plan.ts';
import type { Schedule } from '../../schedule/schedule.ts';
import { readMachine } from '../../machine/read-machine.ts';
import { loadPlans } from '../../plan/load.ts';
import { dueAfter } from '../../schedule/due.ts';
import type { CliContext } from '../context.ts';
import { planFiles } from './plan-files.ts';

/**
 * The drills that have a plan here, each once. A plan that cannot be used is named, and `what` (such as `the site`) is made
 * without it.
 */
export function plansHere(what: string, { stderr, stderrStyle, env }: CliContext): DrillPlan[] {
  const defaults = readMachine(env);
  return planFiles().flatMap((file) => {
    try {
      return loadPlans({ file, overrides: [], now: new Date(), defaults }).slice(0, 1);
    } catch (error) {
      if (!asDrillError(error)) throw error;
      stderr(
        `${stderrStyle('yellow', '!')} ${file} cannot be used, so it has no part in ${what}: drill validate says why\n`,
      );
      return [];
    }
  });
}

/** When a schedule is due for the first time after a moment (both ISO 8601, UTC); null: never. */
export function stampDueAfter(schedule: Schedule): (moment: string) => string | null {
  return (moment) => dueAfter(schedule, new Date(moment))?.toISOString() ?? null;
}
