import { asDrillError } from './core/errors.ts';
import { systemClock } from './core/clock.ts';
import { newSeed } from './core/draw.ts';
import { Redactor } from './core/redact.ts';
import { version } from './core/version.ts';
import type { DrillEvent } from './drill/events.ts';
import { runDrill, type DrillResult } from './drill/run-drill.ts';
import type { DrillServices } from './drill/services.ts';
import { tellAll } from './drill/tell-all.ts';
import { attestorWith } from './evidence/attestor.ts';
import { openSigner } from './evidence/signers/index.ts';
import { keyPlaceIn } from './evidence/written-key.ts';
import { notifierOf, type Notifier } from './notify/notifier.ts';
import type { DrillPlan } from './plan/drill-plan.ts';
import type { DrillReport } from './report/report.ts';
import { sandboxFor } from './sandbox/registry.ts';

export { asDrillError, DrillError } from './core/errors.ts';
export { Redactor } from './core/redact.ts';
export { loadPlans } from './plan/load.ts';
export { reportSchema } from './report/report.ts';
export { RunStore } from './store/run-store.ts';
export type { DrillEvent, DrillPlan, DrillReport, DrillResult, DrillServices };

/** Somebody who wants to know how a run goes. */
export type DrillListener = (event: DrillEvent) => void;

/** How a plan is to be run. */
export interface RunPlanOptions {
  /** The instance is to stay up when the run has ended; false by default. */
  readonly keep?: boolean;
  /** For the report: who asked for the run; `on-demand` by default. */
  readonly trigger?: DrillServices['trigger'];
  /**
   * Whether the run is to begin only if the drill has not run since its schedule was due for the last time; false by default. Of
   * several machines with one directory of reports, one runs it; the others get a DrillError `busy`.
   */
  readonly onlyIfDue?: boolean;
  /** The id of a run that failed, whose fallback this one is: it is on record, and counts for nothing. */
  readonly fallbackOf?: string;
  /** What is left to chance is drawn by this word, such as the one in an earlier report; by default by a new one. */
  readonly seed?: string;
  /**
   * Looks at the recovered copy before it is removed, which waits until the promise settles; where it takes the room that is to stay
   * free it is to settle (`room`). Is not called for a copy that is
   * not there, or not cut off. What it throws is thrown when all is written and cleaned up.
   */
  readonly explore?: DrillServices['explore'];
  /** Ends the run when it aborts: it cleans up and reports. */
  readonly signal?: AbortSignal;
  /** Makes the cleaning up hurry when it aborts. */
  readonly hurry?: AbortSignal;
  /** Knows the secrets that are to be in no file of the run; those of the configuration are added. */
  readonly redactor?: Redactor;
  /** The variables of the environment that secrets are looked up in; those of this process by default. */
  readonly env?: NodeJS.ProcessEnv;
}

/** What a run of a plan works with on this machine. Throws `key-unusable` where the key that is to sign it is not usable. */
export function drillServices(
  plan: DrillPlan,
  options: RunPlanOptions,
  emit: (event: DrillEvent) => void,
  notifier: DrillServices['notifier'] = null,
): DrillServices {
  const never = new AbortController().signal;
  const { redactor = new Redactor(), env = process.env } = options;
  const key = plan.evidence ?? keyPlaceIn(env);
  return {
    clock: systemClock,
    redactor,
    sandbox: sandboxFor(plan.sandbox),
    emit,
    seed: options.seed ?? newSeed(),
    signal: options.signal ?? never,
    hurry: options.hurry ?? never,
    version: version(),
    trigger: options.trigger ?? 'on-demand',
    onlyIfDue: options.onlyIfDue ?? false,
    fallbackOf: options.fallbackOf ?? null,
    attestor: key && attestorWith(openSigner(key, { env, redactor })),
    notifier,
    explore: options.explore ?? null,
    env,
  };
}

/**
 * Runs the drill of a plan in this process and writes its report. Throws a DrillError of outcome `usage` or `busy` for what
 * cannot begin; every other ending is a report, `failed` and `inconclusive` too. What a listener throws is thrown when all is
 * written and cleaned up; until then the run goes on, and that listener is told no more. What is to be tried after a run that failed
 * is a plan in its result, for whoever called this to run, with `fallbackOf`.
 */
export async function runPlan(
  plan: DrillPlan,
  options: RunPlanOptions = {},
  listeners: readonly DrillListener[] = [],
): Promise<DrillResult> {
  const redactor = options.redactor ?? new Redactor();
  const told = tellAll(listeners, redactor);
  const notifier = notifierFor(plan, { ...options, redactor });
  let result: DrillResult;
  try {
    const services = drillServices(plan, { ...options, redactor }, told.emit, notifier);
    result = await runDrill(plan, options.keep ?? false, services);
  } catch (error) {
    const notifications = await tellRefused(notifier, error, options.signal);
    if (notifications.length > 0) told.emit({ kind: 'notified', notifications: redactor.data(notifications) });
    throw error;
  }
  told.throwFault();
  return result;
}

function notifierFor(
  { name, reports, notify }: DrillPlan,
  { trigger, fallbackOf, env = process.env, redactor }: RunPlanOptions & { readonly redactor: Redactor },
): Notifier | null {
  if (notify.length === 0) return null;
  const about = {
    drill: name,
    reports,
    channels: notify,
    isScheduled: trigger === 'scheduled',
    fallbackOf: fallbackOf ?? null,
  };
  return notifierOf(about, { env, redactor, now: () => systemClock.now() });
}

/** A drill that is running already is told of by whoever runs it; whoever has ended it knows. */
async function tellRefused(
  notifier: Notifier | null,
  error: unknown,
  signal = new AbortController().signal,
): Promise<DrillReport['notifications']> {
  const known = asDrillError(error);
  if (notifier === null || known?.outcome === 'busy' || known?.outcome === 'cancelled') return [];
  return notifier.refused(known?.code ?? null, signal);
}
