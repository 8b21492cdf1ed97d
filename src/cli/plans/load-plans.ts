import { resolve } from 'node:path';
import { DrillError } from '../../core/errors.ts';
import type { DrillPlan } from '../../plan/drill-plan.ts';
import { readMachine } from '../../machine/read-machine.ts';
import { loadPlans, type PlanDefaults, type PlanOverride } from '../../plan/load.ts';
import { planFile, planFiles } from './plan-files.ts';
import { overridesOf, refuseConflicts, type PlanOptions } from './plan-options.ts';

/**
 * The plans of the files with the options over them, or the one that the options make; `more` is what a command has besides.
 * Where neither says anything, the settings of
 * this machine count. Throws for every problem, and for two files that give one name to their drills.
 */
export function plansFor(
  files: readonly string[],
  options: PlanOptions,
  more: readonly PlanOverride[] = [],
  env: NodeJS.ProcessEnv = process.env,
): DrillPlan[] {
  refuseConflicts(options);
  const about = { now: new Date(), defaults: readMachine(env) };
  if (files.length > 0) return distinct(files.flatMap((file) => loadWithOptions(planFile(file), options, more, about)));
  if (options.stanza === undefined) throw nothingNamed();
  return loadPlans({ file: null, overrides: [...overridesOf(options, false, 0), ...more], ...about });
}

function distinct(plans: DrillPlan[]): DrillPlan[] {
  for (const [index, plan] of plans.entries()) {
    const same = sameNamed(plan, plans.slice(0, index));
    if (same) throw sameName(plan.file ?? '?', same);
  }
  return plans;
}

type Named = Pick<DrillPlan, 'name' | 'file'>;

/** Another plan that gives the same name to its drill: nobody could tell their runs apart. */
export function sameNamed<T extends Named>({ name, file }: Named, others: readonly T[]): T | null {
  return others.find((other) => other.name === name && resolve(other.file ?? '') !== resolve(file ?? '')) ?? null;
}

/** What is wrong with the second of two plans that give one name to their drills. */
export function sameName(file: string, { name, file: first }: Named): DrillError {
  return new DrillError('plan-invalid', `${file}: the drill is named ${name}, as that of ${first ?? 'another plan'}`, {
    hint: 'give each drill a name of its own',
  });
}

function loadWithOptions(
  file: string,
  options: PlanOptions,
  more: readonly PlanOverride[],
  about: { readonly now: Date; readonly defaults: PlanDefaults },
): DrillPlan[] {
  // The checks of options go behind those of the plan, so it has to be known how many those are.
  const checks = options.checkSql ? (loadPlans({ file, overrides: [], ...about })[0]?.checks.length ?? 0) : 0;
  return loadPlans({ file, overrides: [...overridesOf(options, true, checks), ...more], ...about });
}

function nothingNamed(): DrillError {
  const present = planFiles();
  const hint =
    present.length > 0
      ? `plans here: ${present.join(', ')}`
      : 'write a plan with: drill init; or do without one: drill run --stanza main';
  return new DrillError('plan-invalid', 'no plan was named: name a plan, or a stanza with --stanza', { hint });
}
