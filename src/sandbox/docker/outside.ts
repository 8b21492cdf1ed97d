import { NOTHING_KNOWN, type Outside } from '../../host/outside.ts';
import type { DockerPlan } from './schema.ts';
import { machineOutside } from '../this-machine.ts';
import type { SandboxSpec } from '../sandbox.ts';
import type { Engine } from './engine.ts';

/** What of the engine's machine a container must neither see nor reach. The machine of an engine elsewhere cannot be asked. */
export async function engineOutside({ isLocal }: Engine, plan: DockerPlan, spec: SandboxSpec): Promise<Outside> {
  const known = isLocal ? await machineOutside(spec) : NOTHING_KNOWN;
  return { ...known, shared: plan.mounts.filter(({ readOnly }) => !readOnly).map(({ target }) => target) };
}
