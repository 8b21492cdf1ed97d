import { systemClock } from '../core/clock.ts';
import { asDrillError, type DrillError } from '../core/errors.ts';
import type { Redactor } from '../core/redact.ts';
import { version } from '../core/version.ts';
import type { Emit } from '../drill/events.ts';
import { runDrill } from '../drill/run-drill.ts';
import type { DrillPlan } from '../plan/drill-plan.ts';
import type { DrillReport } from '../report/report.ts';
import { sandboxFor } from '../sandbox/registry.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';

/** What several drills have in common that are no runs of anybody's. */
export interface Bench {
  readonly redactor: Redactor;
  readonly signal: AbortSignal;
  readonly hurry: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
  /** Whatever is drawn is drawn alike by each of them. */
  readonly seed: string;
  readonly emit: Emit;
}

/** What a drill came to: a report, or why it was refused before it began. */
export type Drilled =
  | { readonly report: DrillReport; readonly refused: null }
  | { readonly report: null; readonly refused: DrillError };

/** Runs the drill of a plan, in its sandbox or in one that was tampered with. Nobody is told, and nothing is signed. */
export async function drillOn(
  plan: DrillPlan,
  env: Readonly<Record<string, string>>,
  tamper: (sandbox: Sandbox) => Sandbox,
  bench: Bench,
): Promise<Drilled> {
  try {
    const { report } = await runDrill(plan, false, {
      ...bench,
      clock: systemClock,
      version: version(),
      sandbox: tamper(sandboxFor(plan.sandbox)),
      env: { ...bench.env, ...env },
      trigger: 'on-demand',
      onlyIfDue: false,
      attestor: null,
      notifier: null,
      explore: null,
      fallbackOf: null,
    });
    return { report, refused: null };
  } catch (error) {
    const refused = asDrillError(error);
    if (refused === null) throw error;
    return { report: null, refused };
  }
}
