import type { DrillPlan } from '../plan/drill-plan.ts';
import { DockerSandbox } from './docker/docker-sandbox.ts';
import { LocalSandbox } from './local/local-sandbox.ts';
import { SshSandbox } from './ssh/ssh-sandbox.ts';
import type { Sandbox } from './sandbox.ts';

/** The sandbox that a plan asks for. */
export function sandboxFor(plan: DrillPlan): Sandbox {
  switch (plan.sandbox.kind) {
    case 'local':
      return new LocalSandbox(plan.sandbox);
    case 'docker':
      return new DockerSandbox(plan.sandbox);
    case 'ssh':
      return new SshSandbox(plan.sandbox);
  }
}
