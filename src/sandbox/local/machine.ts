import { readFileSync } from 'node:fs';
import { arch, cpus, freemem, hostname, release } from 'node:os';
import type { MachineFacts } from '../machine-text.ts';

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

function osName(): string {
  try {
    return /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? process.platform;
  } catch {
    return process.platform;
  }
}
