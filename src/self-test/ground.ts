import { z } from 'zod';
import type { DrillPlan } from '../plan/drill-plan.ts';
import { loadPlans, type PlanOverride } from '../plan/load.ts';
import { DrillError } from '../core/errors.ts';
import { isOnThisMachine, needsEngine, sandboxSchema } from '../sandbox/registry.ts';
import type { GroundKind } from './document.ts';
import type { Place } from '../trial-run/place.ts';

/** A repository that faults are made on, and the plan by which it is drilled. */
export interface TestGround {
  readonly kind: GroundKind;
  /** The user's plan; null: the overrides make it. */
  readonly file: string | null;
  readonly overrides: readonly PlanOverride[];
  /** Variables over those of this process. */
  readonly env: Readonly<Record<string, string>>;
  /** The repository, where it may be changed. */
  readonly repository: string | null;
  readonly mayRunUnfenced: boolean;
}

/** How the drills of a self-test are called, whatever the plan says: they are no runs of its drill. */
const DRILL = 'self-test-drill';

const OPTION = 'self-test';

/** Values of a plan, as an option would put them there. */
export function overriding(values: Readonly<Record<string, unknown>>): PlanOverride[] {
  return Object.entries(values).map(([path, value]) => ({ path: path.split('.'), value, option: OPTION }));
}

/**
 * The plan of a ground, with what a fault changes. What judges speed, tells somebody, writes elsewhere or asks production is
 * left out: the self-test asks whether faults are seen.
 */
export function planOn(ground: TestGround, place: Place, now: Date, more: readonly PlanOverride[] = []): DrillPlan {
  const overrides = [...ground.overrides, ...overriding({ name: DRILL, reports: place.reports }), ...more];
  const plan = firstOf(ground.file, overrides, now);
  return {
    ...plan,
    objectives: {
      rtoMs: null,
      rpoMs: null,
      backupAgeMs: null,
      recoverableMs: null,
      forecastMs: null,
      regression: null,
    },
    compare: null,
    baseline: null,
    integrity: null,
    schedule: null,
    runbook: null,
    evidence: null,
    notify: [],
  };
}

function firstOf(file: string | null, overrides: readonly PlanOverride[], now: Date): DrillPlan {
  const [plan] = loadPlans({ file, overrides, now });
  if (!plan) throw new DrillError('plan-invalid', `${file ?? 'the plan'} names no drill`);
  return plan;
}

/** What every drill of a user's plan has otherwise than the plan: nothing is kept, and one repository is drilled to one target. */
export function singled(plan: DrillPlan, drills: string): PlanOverride[] {
  const repo = plan.source.repo ?? plan.rotation?.repos?.[0] ?? null;
  return overriding({
    'sandbox.reuse': false,
    ...(isOnThisMachine(plan.sandbox) ? { 'sandbox.scratch': drills } : {}),
    ...(plan.rotation === null ? {} : { 'source.backup': 'latest', target: 'latest' }),
    ...(repo === null ? {} : { 'source.repo': repo }),
  });
}

/**
 * Where a repository of our own is drilled, as a plan writes it: as the user's plan says, but on this machine in place of another
 * one, which does not see it. `drills`: the directory for drills on this machine.
 */
export function sandboxOfOwn(sandbox: DrillPlan['sandbox'] | null, drills: string): Readonly<Record<string, unknown>> {
  if (sandbox !== null && needsEngine(sandbox)) return { ...z.encode(sandboxSchema, sandbox), reuse: false };
  const asPlanned = sandbox !== null && isOnThisMachine(sandbox) ? z.encode(sandboxSchema, sandbox) : {};
  return { ...asPlanned, reuse: false, scratch: drills };
}
