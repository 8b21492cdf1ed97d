import { existsSync, readFileSync } from 'node:fs';
import { arch, cpus, freemem, hostname, release } from 'node:os';
import { LocalHost } from '../host/local-host.ts';
import type { Outside } from '../host/outside.ts';
import { currentUser } from '../host/run-user.ts';
import type { MachineFacts } from './machine-text.ts';
import { outsideOf } from './outside.ts';
import type { SandboxSpec } from './sandbox.ts';

/** What this machine is. */
export function machineFacts(): MachineFacts {
  const memory = process.availableMemory?.() ?? freemem();
  return {
    hostname: hostname(),
    os: osName(),
    kernel: release(),
    arch: arch(),
    cpus: cpus().length,
    memoryBytes: memory,
  };
}

/** What of this machine a copy must neither see nor reach, as far as this user may know it. */
export async function machineOutside(spec: SandboxSpec): Promise<Outside> {
  const host = new LocalHost({ user: currentUser(), fence: null, env: {} });
  return outsideOf(host, spec, { shared: [], exists: (path) => Promise.resolve(existsSync(path)) });
}

function osName(): string {
  try {
    return /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? process.platform;
  } catch {
    return process.platform;
  }
}
