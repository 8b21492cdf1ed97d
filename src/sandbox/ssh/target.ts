import type { SshPlan } from './schema.ts';
import type { Intent } from './marker.ts';
import type { SshTarget } from './supervisor/line.ts';

/**
 * How the server of a run is reached. A host key that is given is the only one that is believed. A server that was made
 * for the run has a file of known keys of its own: its address may have been another machine's yesterday.
 */
export function targetOf(plan: SshPlan, intent: Intent): SshTarget {
  const { made } = intent.record;
  const hostKey = hostKeyOf(plan, intent);
  const ownKeys = made !== null || hostKey !== null;
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

/** The same, with what is known of the server's key written where the client looks. */
export function preparedTarget(plan: SshPlan, intent: Intent): SshTarget {
  const hostKey = hostKeyOf(plan, intent);
  if (hostKey !== null) intent.pin(hostKey);
  return targetOf(plan, intent);
}

function hostKeyOf(plan: SshPlan, intent: Intent): string | null {
  return intent.record.made?.hostKey ?? plan.hostKey ?? null;
}
