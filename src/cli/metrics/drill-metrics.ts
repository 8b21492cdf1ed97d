import { resolve } from 'node:path';
import type { DrillError } from '../../core/errors.ts';
import type { DrillPlan } from '../../plan/drill-plan.ts';
import { RunStore } from '../../store/run-store.ts';
import { samplesOfDrills } from '../../metrics/of-drills.ts';
import type { MetricsFormat } from '../../metrics/render.ts';
import type { CliContext } from '../context.ts';
import { planFile, planFiles } from '../plans/plan-files.ts';
import { loadEach, type PlanPlace } from './load-each.ts';
import { storeFacts } from './store-facts.ts';

/** Which drills are told, and how. */
export interface Wanted {
  readonly plans: readonly PlanPlace[];
  readonly graceMs: number;
  readonly format: MetricsFormat;
}

/** For how long a drill may begin late, as for `drill overdue`. */
export const USUAL_GRACE = '1h';

/**
 * The metrics of the drills of some plans, and what is wrong with those that cannot be used. What was missed, and which runs
 * were killed, goes on record first, as with `drill overdue`. Throws `not-found` for a plan or a ledger that cannot be read.
 */
export async function drillMetrics(
  { plans, graceMs, format }: Wanted,
  context: CliContext,
): Promise<{ readonly text: string; readonly problems: readonly DrillError[] }> {
  // What the help of the program need not load.
  const { metricsText } = await import('../../metrics/render.ts');
  const loaded = loadEach(plans);
  const now = new Date();
  await bringUpToDate(loaded.plans, now, context);
  const text = await metricsText(samplesOfDrills(storeFacts(loaded, now, graceMs)), format);
  return { text: context.redactor.text(text), problems: loaded.problems };
}

/** A run that was killed would look as if it were under way. Who may not write to the ledger may still ask. */
async function bringUpToDate(plans: readonly DrillPlan[], now: Date, context: CliContext): Promise<void> {
  const byName = new Map(plans.map((plan) => [plan.name, plan]));
  for (const { name, schedule, reports } of byName.values()) {
    const problem = await new RunStore(reports).noteMissed({ drill: name, schedule, startedAt: now });
    const { stderr, stderrStyle } = context;
    if (problem !== null)
      stderr(`${stderrStyle('yellow', '!')} the record of ${name} is not brought up to date: ${problem}\n`);
  }
}

/** Plans that are named, with their reports in `reports`, then the others of `drills/`; each once. */
export function withAllHere(named: readonly string[], reports: string | undefined): PlanPlace[] {
  const first = new Map(named.map(planFile).map((file) => [resolve(file), { file, reports }]));
  const others = planFiles().filter((file) => !first.has(resolve(file)));
  return [...first.values(), ...others.map((file) => ({ file, reports: undefined }))];
}
