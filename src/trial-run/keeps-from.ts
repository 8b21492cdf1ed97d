import { sandboxSpec, readConfiguration } from '../drill/run-setup.ts';
import type { DrillPlan } from '../plan/drill-plan.ts';
import type { SandboxSpec } from '../sandbox/sandbox.ts';
import type { Bench } from './drill-on.ts';

type Kept = Pick<SandboxSpec, 'productionPaths' | 'repositoryPaths'>;

/** The directories that the configuration of a plan calls production's, and its repositories. Throws what a run would. */
export function keepsFrom(plan: DrillPlan | null, services: Pick<Bench, 'env' | 'redactor'>): Kept {
  if (plan === null) return { productionPaths: [], repositoryPaths: [] };
  const config = readConfiguration(plan, services);
  const run = { runId: '', startedAt: new Date(), keepInstance: false, env: services.env };
  const { productionPaths, repositoryPaths } = sandboxSpec(plan, config, run);
  return { productionPaths, repositoryPaths };
}
