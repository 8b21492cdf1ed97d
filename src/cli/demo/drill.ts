import { systemClock } from '../../core/clock.ts';
import { runDrill, type DrillResult } from '../../drill/run-drill.ts';
import { loadPlans } from '../../plan/load.ts';
import { sandboxFor } from '../../sandbox/registry.ts';
import { version } from '../../version.ts';
import type { CliContext } from '../context.ts';
import { progressView } from '../progress-view.ts';
import { RunLog } from '../run-log.ts';

/** Runs the drill of a plan file as `drill run` does, and shows its progress. */
export async function drillPlanFile(file: string, reports: string, context: CliContext): Promise<DrillResult> {
  const [plan] = loadPlans({
    file,
    overrides: [{ path: ['reports'], value: reports, option: '--reports' }],
    now: new Date(),
  });
  if (!plan) throw new Error(`${file} makes no plan`);
  const { redactor, signal, hurry, env, stderr } = context;
  const mode = context.interactive ? 'live' : 'lines';
  const view = progressView({
    mode,
    write: stderr,
    style: context.stderrStyle,
    columns: context.columns,
    nowMs: () => performance.now(),
  });
  const log = new RunLog({ level: null, redactor, stderr });
  try {
    return await runDrill(plan, false, {
      clock: systemClock,
      redactor,
      sandbox: sandboxFor(plan),
      emit: (event) => {
        log.event(event);
        view.show(event);
      },
      random: Math.random,
      signal,
      hurry,
      version: version(),
      trigger: 'on-demand',
      env,
      log: (_message, details) => log.command(details),
    });
  } finally {
    view.end();
  }
}
