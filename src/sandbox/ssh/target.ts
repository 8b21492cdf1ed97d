import { writeFileSync } from 'node:fs';
import type { SshPlan } from '../../plan/sandbox-schema.ts';
import type { Intent } from './intent.ts';
import type { SshTarget } from './line.ts';

/**
 * How the server of a run is reached. A host key that is given is the only one that is believed. A server that was made
 * for the run has a file of known keys of its own: its address may have been another machine's yesterday.
 */
export function targetOf(plan: SshPlan, intent: Intent): SshTarget {
  const { made } = intent.record;
  const hostKey = made?.hostKey ?? plan.hostKey ?? null;
  const ownKeys = made !== null || hostKey !== null;
  if (hostKey !== null) writeFileSync(intent.knownHostsFile, `${intent.name} ${hostKey}\n`, { mode: 0o600 });
  return {
    host: made?.host ?? plan.host ?? '',
    user: made?.user ?? plan.user ?? null,
    port: made?.port ?? plan.port ?? null,
    identityFile: plan.identityFile ?? null,
    options: [...(ownKeys ? [`HostKeyAlias=${intent.name}`] : []), ...plan.sshOptions],
    configFile: plan.sshConfig ?? null,
    acceptNew: hostKey === null && plan.hostKeys === 'accept-new',
    knownHosts: ownKeys ? intent.knownHostsFile : null,
  };
}
