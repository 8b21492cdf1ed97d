import type { DrillResult } from '../../drill/run-drill.ts';
import { loadPlans } from '../../plan/load.ts';
import type { CliContext } from '../context.ts';
import { runShown } from '../run-shown.ts';

/** Runs the drill of a plan file as `drill run` does, and shows its progress. */
export async function drillPlanFile(file: string, reports: string, context: CliContext): Promise<DrillResult> {
  const [plan] = loadPlans({
    file,
    overrides: [{ path: ['reports'], value: reports, option: '--reports' }],
    now: new Date(),
  });
  if (!plan) throw new Error(`${file} makes no plan`);
  const mode = context.interactive ? 'live' : 'lines';
  return runShown(
    plan,
    { keep: false, mode, logLevel: null, trigger: 'on-demand', onlyIfDue: false, seed: undefined },
    context,
  );
}
