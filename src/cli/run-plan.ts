import { systemClock } from '../core/clock.ts';
import { runDrill, type DrillResult } from '../drill/run-drill.ts';
import type { DrillPlan } from '../plan/drill-plan.ts';
import { sandboxFor } from '../sandbox/registry.ts';
import { version } from '../core/version.ts';
import type { CliContext } from './context.ts';
import { progressView, type ProgressOptions } from './view/progress-view.ts';
import { RunLog } from './run-log.ts';

export interface RunPlanOptions {
  readonly keep: boolean;
  readonly mode: ProgressOptions['mode'];
  /** What of the log goes to stderr as well; null: nothing. */
  readonly logLevel: 'error' | 'warn' | 'info' | 'debug' | null;
  readonly trigger: 'on-demand' | 'scheduled';
}

/** Runs the drill of a plan in this process, and shows how far it is. Throws what {@link runDrill} throws. */
export async function runPlan(plan: DrillPlan, options: RunPlanOptions, context: CliContext): Promise<DrillResult> {
  const { redactor, stderr } = context;
  const view = progressView({
    mode: options.mode,
    write: stderr,
    style: context.stderrStyle,
    columns: context.columns,
    nowMs: () => performance.now(),
  });
  const log = new RunLog({ level: options.logLevel, redactor, stderr });
  try {
    return await runDrill(plan, options.keep, {
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
      trigger: options.trigger,
      env: context.env,
      log: (_message, details) => log.command(details),
    });
  } finally {
    view.end();
  }
}
