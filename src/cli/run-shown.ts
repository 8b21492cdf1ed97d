import type { Explorer } from '../drill/services.ts';
import { runPlan, type DrillPlan, type DrillResult } from '../index.ts';
import type { CliContext } from './context.ts';
import type { MakeListener, Shown } from './listeners/listener.ts';
import * as LISTENERS from './listeners/listeners.ts';

export interface ShownRunOptions extends Shown {
  readonly keep: boolean;
  readonly trigger: 'on-demand' | 'scheduled';
  readonly onlyIfDue: boolean;
  /** Undefined: a new one. */
  readonly seed: string | undefined;
  readonly explore?: Explorer;
  /** The run whose fallback this is; left out: it is none. */
  readonly fallbackOf?: string;
}

/** Runs the drill of a plan, and tells all listeners how far it is. Throws what {@link runPlan} throws. */
export async function runShown(plan: DrillPlan, options: ShownRunOptions, context: CliContext): Promise<DrillResult> {
  const { redactor, signal, hurry, env } = context;
  const { keep, trigger, onlyIfDue, seed, fallbackOf, explore = null } = options;
  const listeners = Object.values<MakeListener>(LISTENERS).map((make) => make(options, context, plan));
  try {
    const given = { ...(seed === undefined ? {} : { seed }), ...(fallbackOf === undefined ? {} : { fallbackOf }) };
    return await runPlan(
      plan,
      { keep, trigger, onlyIfDue, explore, signal, hurry, redactor, env, ...given },
      listeners.map(({ hear }) => hear),
    );
  } finally {
    for (const { end } of listeners) await end?.();
  }
}
