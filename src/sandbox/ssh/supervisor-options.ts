import type { SshPlan } from './schema.ts';
import type { SandboxSpec } from '../sandbox.ts';
import { directoriesOfProduction } from '../shown.ts';
import type { SupervisorOptions } from './supervisor/request.ts';
import type { Intent } from './marker.ts';

/** What the supervisor of a run is asked for, or what ends it: `spec` is not known any more when a run is swept. */
export function supervisorOptions(plan: SshPlan, intent: Intent, spec: SandboxSpec | null): SupervisorOptions {
  const { runId, drill, keeps, createdAt } = intent.record;
  return {
    runId,
    drill,
    scratch: plan.scratch ?? null,
    directory: plan.reuse ? `kept-${drill}` : runId,
    keeps,
    marker: `${JSON.stringify({ marker: 'pgdrill-run', runId, drill, keeps, createdAt }, null, 2)}\n`,
    avoid: spec === null ? [] : directoriesOfProduction(spec),
    sudo: plan.sudo === 'auto',
    graceMs: plan.grace,
    deadlineMs: spec === null ? 0 : spec.endsBefore.getTime() - Date.now(),
  };
}
