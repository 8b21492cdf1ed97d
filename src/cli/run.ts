import { systemClock } from '../core/clock.ts';
import { asDrillError } from '../core/errors.ts';
import { runDrill, type DrillResult } from '../drill/run-drill.ts';
import type { DrillPlan } from '../plan/drill-plan.ts';
import type { DrillReport } from '../report/report.ts';
import { sandboxFor } from '../sandbox/registry.ts';
import { version } from '../version.ts';
import type { CliContext } from './context.ts';
import { exitStatusOf, exitStatusOfOutcome, exitStatusOfSignal, worstExitStatus } from './exit-status.ts';
import { plansFor } from './load-plans.ts';
import type { PlanOptions } from './plan-options.ts';
import { progressView, type ProgressOptions } from './progress-view.ts';
import { RunLog } from './run-log.ts';
import { showError } from './show-error.ts';
import { keptText, resultText } from './show-result.ts';

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
    statuses.push(await runOne(plan, options, context, reports)); // oxlint-disable-line no-await-in-loop -- one after the other
  }
  if (options.json) printJson(plans.length === 1 ? reports[0] : reports, context);
  return worstExitStatus(statuses);
}

function printJson(value: DrillReport | DrillReport[] | undefined, context: CliContext): void {
  if (value !== undefined) context.stdout(`${JSON.stringify(value, null, 2)}\n`);
}

/** Runs one drill and shows how it went. Only a bug is thrown. */
async function runOne(
  plan: DrillPlan,
  options: RunOptions,
  context: CliContext,
  reports: DrillReport[],
): Promise<number> {
  const { redactor } = context;
  const view = progressView(viewOptions(options, context));
  const log = new RunLog({ level: options.logLevel ?? null, redactor, stderr: context.stderr });
  try {
    const result = await runDrill(plan, options.keep === true, {
      clock: systemClock,
      redactor,
      sandbox: sandboxFor(plan),
      emit: (event) => {
        log.event(event);
        view.show(event);
      },
      random: Math.random,
      signal: context.signal,
      hurry: context.hurry,
      version: version(),
      trigger: options.scheduled ? 'scheduled' : 'on-demand',
      env: context.env,
      log: (_message, details) => log.command(details),
    });
    reports.push(result.report);
    view.end();
    showResult(result, plan, options, context);
    return exitStatusOf(result.report, context.receivedSignal());
  } catch (error) {
    view.end();
    const known = asDrillError(error);
    if (!known) throw error;
    context.stderr(redactor.text(showError(known, context.stderrStyle)));
    return exitStatusOfOutcome(known.outcome, context.receivedSignal());
  }
}

function showResult(result: DrillResult, plan: DrillPlan, options: RunOptions, context: CliContext): void {
  if (!options.json) context.stdout(`\n${resultText(result, context.stdoutStyle)}`);
  if (!result.endpoint) return;
  const say = options.json ? context.stderr : context.stdout;
  say(keptText(result, result.endpoint, plan.sandbox.scratch ?? null));
}

/** A log on stderr and a line that moves there do not go together; nor do plain lines and a report that is piped on. */
function viewOptions({ quiet, json, logLevel }: RunOptions, context: CliContext): ProgressOptions {
  const live = context.interactive && logLevel === undefined;
  const mode = quiet || (json && !live) ? 'none' : live ? 'live' : 'lines';
  return {
    mode,
    write: context.stderr,
    style: context.stderrStyle,
    columns: context.columns,
    nowMs: () => performance.now(),
  };
}
