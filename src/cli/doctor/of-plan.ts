import { systemClock } from '../../core/clock.ts';
import { newSeed } from '../../core/draw.ts';
import { asDrillError, type DrillError } from '../../core/errors.ts';
import type { Outcome } from '../../core/reason-codes.ts';
import type { ParityItem } from '../../drill/parity/item.ts';
import { planDrill, type FoundAhead } from '../../drill/plan-drill.ts';
import type { DrillPlan } from '../../plan/drill-plan.ts';
import { sandboxFor } from '../../sandbox/registry.ts';
import type { CliContext } from '../context.ts';
import { EXIT, exitStatusOfOutcome } from '../exit-status.ts';

/** What a drill needs of its environment, and the exit status that this stands for. */
interface Examined {
  readonly items: readonly ParityItem[];
  readonly exitStatus: number;
  /** What could not be removed again. */
  readonly left: readonly string[];
}

/** Looks ahead of a drill, as its run would. What would end the run stands in the list as well. Throws for a plan that cannot be run. */
export async function examine(plan: DrillPlan, context: CliContext): Promise<Examined> {
  const { redactor, signal, hurry, env } = context;
  const sandbox = sandboxFor(plan.sandbox);
  const services = { clock: systemClock, redactor, sandbox, seed: newSeed(), signal, hurry, env };
  const environment: ParityItem[] = [];
  const found: FoundAhead = { findings: [], environment };
  try {
    const { left } = await planDrill(plan, services, found);
    const lacks = environment.some(({ state }) => state === 'lacking');
    return { items: environment, exitStatus: statusOf(lacks, left), left };
  } catch (error) {
    const known = asDrillError(error);
    if (!known || ENDS_ALL.includes(known.outcome)) throw error;
    const exitStatus = exitStatusOfOutcome(known.outcome, context.receivedSignal());
    return { items: [...environment, ...ending(known, environment)], exitStatus, left: [] };
  }
}

const ENDS_ALL: readonly Outcome[] = ['usage', 'busy', 'cancelled'];

function statusOf(lacks: boolean, left: readonly string[]): number {
  if (lacks) return EXIT.inconclusive;
  return left.length > 0 ? EXIT.cleanup : EXIT.passed;
}

/** What would end the run, unless the list says it already. */
function ending({ code, message, hint }: DrillError, environment: readonly ParityItem[]): ParityItem[] {
  if (code === 'disk-full' && environment.length > 0) return [];
  return [{ what: code, state: 'lacking', detail: message, fix: hint ?? null }];
}
