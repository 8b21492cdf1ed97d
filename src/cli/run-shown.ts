import { runPlan, type DrillPlan, type DrillResult } from '../index.ts';
import type { CliContext } from './context.ts';
import { RunLog } from './run-log.ts';
import { progressView, type ProgressOptions } from './view/progress-view.ts';

export interface ShownRunOptions {
  readonly keep: boolean;
  readonly mode: ProgressOptions['mode'];
  /** What of the log goes to stderr as well; null: nothing. */
  readonly logLevel: 'error' | 'warn' | 'info' | 'debug' | null;
  readonly trigger: 'on-demand' | 'scheduled';
}

/** Runs the drill of a plan, keeps its log, and shows how far it is. Throws what {@link runPlan} throws. */
export async function runShown(plan: DrillPlan, options: ShownRunOptions, context: CliContext): Promise<DrillResult> {
  const { redactor, stderr, signal, hurry, env } = context;
  const view = progressView({
    mode: options.mode,
    write: stderr,
    style: context.stderrStyle,
    columns: context.columns,
    nowMs: () => performance.now(),
  });
  const log = new RunLog({ level: options.logLevel, redactor, stderr });
  const { keep, trigger } = options;
  try {
    return await runPlan(plan, { keep, trigger, signal, hurry, redactor, env }, [
      (event) => log.event(event),
      (event) => view.show(event),
    ]);
  } finally {
    view.end();
  }
}
