import { resolve } from 'node:path';
import type { DrillError } from '../../core/errors.ts';
import { samplesOfDrills } from '../../metrics/of-drills.ts';
import { metricsText, type MetricsFormat } from '../../metrics/render.ts';
import { noteMissed } from '../commands/overdue.ts';
import type { CliContext } from '../context.ts';
import { planFile, planFiles } from '../plans/plan-files.ts';
import { loadEach } from './load-each.ts';
import { storeFacts } from './store-facts.ts';

/** Which drills are told, and how. */
export interface Wanted {
  readonly files: readonly string[];
  readonly reports: string | undefined;
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
  { files, reports, graceMs, format }: Wanted,
  context: CliContext,
): Promise<{ readonly text: string; readonly problems: readonly DrillError[] }> {
  const loaded = loadEach(files, reports);
  const now = new Date();
  const first = new Map(loaded.plans.map((plan) => [plan.name, plan]));
  for (const plan of first.values()) await noteMissed(plan, now, context);
  const text = await metricsText(samplesOfDrills(storeFacts(loaded, now, graceMs)), format);
  return { text: context.redactor.text(text), problems: loaded.problems };
}

/** Plans that are named, and all of `drills/`, each once. */
export function allPlanFiles(named: readonly string[]): string[] {
  const files = [...named.map(planFile), ...planFiles()];
  return [...new Map(files.map((file) => [resolve(file), file])).values()];
}
