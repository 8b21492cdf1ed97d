import { systemClock } from '../core/clock.ts';
import { asDrillError } from '../core/errors.ts';
import { Redactor } from '../core/redact.ts';
import { runDrill, type DrillResult } from '../drill/run-drill.ts';
import type { DrillPlan } from '../plan/drill-plan.ts';
import { loadPlans } from '../plan/load.ts';
import { sandboxFor } from '../sandbox/registry.ts';
import { version } from '../version.ts';
import type { CliContext } from './context.ts';
import { exitStatusOf, exitStatusOfOutcome, worstExitStatus } from './exit-status.ts';
import { overridesOf, type PlanOptions } from './plan-options.ts';
import { showError } from './show-error.ts';
import { keptText, resultText } from './show-result.ts';
import { progressView } from './progress-view.ts';

export interface RunOptions extends PlanOptions {
  readonly json?: true | undefined;
  readonly keep?: true | undefined;
  readonly quiet?: true | undefined;
  readonly scheduled?: true | undefined;
}

/** `drill run`: every plan is loaded and checked before the first drill starts. Returns the exit status. */
export async function run(files: readonly string[], options: RunOptions, context: CliContext): Promise<number> {
  const plans = loadForRun(files, options);
  const statuses: number[] = [];
  const reports: DrillResult['report'][] = [];
  for (const plan of plans) {
    if (context.signal.aborted) break;
    const status = await runOne(plan, options, context, reports); // oxlint-disable-line no-await-in-loop -- one after the other
    statuses.push(status);
  }
  if (options.json) context.stdout(`${JSON.stringify(reports.length === 1 ? reports[0] : reports, null, 2)}\n`);
  return worstExitStatus(statuses);
}

/** The plans of the files, or the one that the options make. */
export function loadForRun(files: readonly string[], options: PlanOptions): DrillPlan[] {
  const now = new Date();
  if (files.length === 0) return loadPlans({ file: null, overrides: overridesOf(options, false, 0), now });
  return files.flatMap((file) => {
    const count = options.checkSql ? (loadPlans({ file, overrides: [], now })[0]?.checks.length ?? 0) : 0;
    return loadPlans({ file, overrides: overridesOf(options, true, count), now });
  });
}

async function runOne(plan: DrillPlan, options: RunOptions, context: CliContext, reports: DrillResult['report'][]): Promise<number> {
  const redactor = new Redactor();
  const view = progressView(context, options.quiet === true || options.json === true);
  try {
    const result = await runDrill(plan, options.keep === true, {
      clock: systemClock,
      redactor,
      sandbox: sandboxFor(plan),
      emit: (event) => view.show(event),
      random: Math.random,
      signal: context.signal,
      hurry: context.hurry,
      version: version(),
      trigger: options.scheduled ? 'scheduled' : 'on-demand',
      env: context.env,
      log: () => undefined,
    });
    view.end();
    reports.push(result.report);
    const say = options.json ? context.stderr : context.stdout;
    if (!options.json) say(resultText(result, context.interactive));
    if (result.endpoint) say(keptText(result, result.endpoint));
    return exitStatusOf(result.report, context.receivedSignal());
  } catch (error) {
    view.end();
    const known = asDrillError(error);
    if (!known) throw error;
    context.stderr(redactor.text(showError(known)));
    return exitStatusOfOutcome(known.outcome);
  }
}
