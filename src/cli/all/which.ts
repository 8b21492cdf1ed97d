import { resolve } from 'node:path';
import { asDrillError, DrillError } from '../../core/errors.ts';
import { readUserConfig, stanzasOf } from '../../pgbackrest/user-config.ts';
import type { CliContext } from '../context.ts';
import { exitStatusOfOutcome } from '../exit-status.ts';
import { orTell } from '../notify/or-tell.ts';
import { plansFor, sameName } from '../plans/load-plans.ts';
import { PLAN_DIRECTORY, planFile, planFiles } from '../plans/plan-files.ts';
import { wordsOf, type PlanOptions } from '../plans/plan-options.ts';
import { drillName } from '../plans/plan-template.ts';
import { recordOf } from '../plans/scheduled-drills.ts';
import { showError } from '../view/show-error.ts';
import type { OneDrill, Outcome } from './one-drill.ts';

interface Found {
  readonly drills: readonly OneDrill[];
  /** Those whose plan cannot be used. */
  readonly unusable: readonly Outcome[];
}

/**
 * A drill for each plan in drills/, or for each stanza of a configuration that was named. Throws where there is none. `isTold`:
 * nobody may be reading, so that people are told of a plan that cannot be used.
 */
export async function allDrills(
  files: readonly string[],
  options: PlanOptions,
  { isTold, now }: { readonly isTold: boolean; readonly now: Date },
  context: CliContext,
): Promise<Found> {
  const asked = options.config === undefined ? ofPlans(files, options) : ofStanzas(files, options, context);
  const drills: OneDrill[] = [];
  const unusable: Outcome[] = [];
  for (const one of asked) {
    try {
      const found = await orTell({ isTold, files: [one.from] }, context, () => drillOf(one, drills, now, context));
      if (found) drills.push(found);
    } catch (error) {
      unusable.push(unusableOutcome(one.from, error, context));
    }
  }
  return { drills, unusable };
}

interface AskedDrill {
  readonly from: string;
  readonly files: readonly string[];
  readonly options: PlanOptions;
}

/** Throws where its plan or what is on record of it is not usable: that keeps no other from running. */
function drillOf(
  { from, files, options }: AskedDrill,
  others: readonly OneDrill[],
  now: Date,
  { env }: CliContext,
): OneDrill | null {
  const plans = plansFor(files, options, [], env);
  const [plan] = plans;
  if (plan === undefined) return null;
  const same = others.find(({ name }) => name === plan.name);
  if (same) throw sameName(from, { name: plan.name, file: same.from });
  return { name: plan.name, from, plan, record: recordOf(plans, now), words: [...files, ...wordsOf(options)] };
}

function ofPlans(files: readonly string[], options: PlanOptions): AskedDrill[] {
  if (files.length > 0)
    throw new DrillError('plan-invalid', `--all runs every plan in ${PLAN_DIRECTORY}/, so none is to be named`, {
      hint: 'leave --all away; or name a configuration with --config, for whose stanzas one plan is the pattern',
    });
  const all = planFiles();
  if (all.length === 0)
    throw new DrillError('not-found', `there is no plan in ${PLAN_DIRECTORY}/`, {
      hint: 'write one with: drill init; or drill every stanza of a configuration: drill run --all --config FILE',
    });
  return all.map((file) => ({ from: file, files: [file], options }));
}

function ofStanzas(files: readonly string[], options: PlanOptions, { env }: CliContext): AskedDrill[] {
  if (files.length > 1)
    throw new DrillError('plan-invalid', 'with --all and --config one plan at most is the pattern for all stanzas');
  const config = readUserConfig(resolve(options.config ?? ''), env);
  const stanzas = stanzasOf(config);
  if (stanzas.length === 0)
    throw new DrillError('stanza-not-configured', `the configuration (${config.files.join(', ')}) has no stanza`);
  const pattern = files.map(planFile);
  return stanzas.map((stanza) => ({
    from: `stanza ${stanza}`,
    files: pattern,
    options: { ...options, stanza, name: drillName(stanza) },
  }));
}

function unusableOutcome(from: string, error: unknown, { stderrStyle, redactor }: CliContext): Outcome {
  const known = asDrillError(error);
  if (!known) throw error;
  return {
    drill: from,
    from,
    why: null,
    exitStatus: exitStatusOfOutcome(known.outcome, null),
    reports: [],
    reportsDirectory: null,
    said: redactor.text(showError(known, stderrStyle)),
  };
}
