import { asDrillError } from '../../core/errors.ts';
import type { DrillResult } from '../../drill/run-drill.ts';
import type { DrillPlan } from '../../plan/drill-plan.ts';
import type { DrillReport } from '../../report/report.ts';
import type { CliContext } from '../context.ts';
import { exitStatusOf, exitStatusOfOutcome, exitStatusOfSignal, worstExitStatus } from '../exit-status.ts';
import { plansFor } from '../plans/load-plans.ts';
import type { PlanOptions } from '../plans/plan-options.ts';
import { runPlan, type RunPlanOptions } from '../run-plan.ts';
import { showError } from '../view/show-error.ts';
import { copiesSummary, keptText, leftText, resultText } from '../view/show-result.ts';

export interface RunOptions extends PlanOptions {
  readonly json?: true | undefined;
  readonly keep?: true | undefined;
  readonly quiet?: true | undefined;
  readonly logLevel?: 'error' | 'warn' | 'info' | 'debug' | undefined;
  readonly scheduled?: true | undefined;
}

/** `drill run`: every plan is loaded and checked before the first drill starts. Returns the exit status. */
export async function run(files: readonly string[], options: RunOptions, context: CliContext): Promise<number> {
  const plans = plansFor(files, options);
  const statuses: number[] = [];
  const reports: DrillReport[] = [];
  for (const plan of plans) {
    if (context.signal.aborted) {
      statuses.push(exitStatusOfSignal(context.receivedSignal()));
      break;
    }
    statuses.push(await runOne(plan, options, context, reports));
  }
  if (!options.json) context.stdout(copiesSummary(reports, context.stdoutStyle));
  return worstExitStatus(statuses);
}

/** Runs one drill and shows how it went. Only a bug is thrown. */
async function runOne(
  plan: DrillPlan,
  options: RunOptions,
  context: CliContext,
  reports: DrillReport[],
): Promise<number> {
  try {
    const result = await runWithImage(plan, planOptions(options, context), context);
    reports.push(result.report);
    showResult(result, plan, options, context);
    return exitStatusOf(result.report, context.receivedSignal());
  } catch (error) {
    const known = asDrillError(error);
    if (!known) throw error;
    context.stderr(context.redactor.text(showError(known, context.stderrStyle)));
    return exitStatusOfOutcome(known.outcome, context.receivedSignal());
  }
}

/** A run that lacks nothing but its image is tried again with it, if that is wanted. */
async function runWithImage(plan: DrillPlan, options: RunPlanOptions, context: CliContext): Promise<DrillResult> {
  const result = await runPlan(plan, options, context);
  if (result.endedBy?.code !== 'image-missing') return result;
  const { ImageMissingError } = await import('../../sandbox/docker/images.ts');
  const { offerImage } = await import('./image.ts');
  const missing = result.endedBy;
  if (!(missing instanceof ImageMissingError) || !(await offerImage(missing, context))) return result;
  return runWithImage(plan, options, context);
}

function showResult(result: DrillResult, plan: DrillPlan, options: RunOptions, context: CliContext): void {
  if (!options.json) {
    context.stdout(`\n${resultText(result, context.stdoutStyle, context.stdoutColumns())}`);
  } else {
    context.stdout(`${JSON.stringify(result.report)}\n`);
    context.stderr(leftText(result.report, context.stderrStyle));
  }
  if (!result.endpoint) return;
  const say = options.json ? context.stderr : context.stdout;
  say(keptText(result, result.endpoint, plan.sandbox.kind === 'local' ? (plan.sandbox.scratch ?? null) : null));
}

/** A log on stderr and a line that moves there do not go together; nor do plain lines and a report that is piped on. */
function planOptions({ quiet, json, keep, logLevel, scheduled }: RunOptions, context: CliContext): RunPlanOptions {
  const live = context.interactive && logLevel === undefined;
  return {
    keep: keep === true,
    mode: quiet || (json && !live) ? 'none' : live ? 'live' : 'lines',
    logLevel: logLevel ?? null,
    trigger: scheduled ? 'scheduled' : 'on-demand',
  };
}
