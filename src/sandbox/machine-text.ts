import type { SandboxFacts } from './sandbox.ts';

export type MachineFacts = Pick<SandboxFacts, 'hostname' | 'os' | 'kernel' | 'arch' | 'cpus' | 'memoryBytes'>;

/** Lines of sh that tell what a machine or a container is, for {@link machineFactsIn}. */
export const MACHINE_SCRIPT = `cat /etc/os-release
  echo "kernel=$(uname -r)"; echo "arch=$(uname -m)"; echo "hostname=$(uname -n)"; echo "cpus=$(nproc)"
  grep MemAvailable: /proc/meminfo`;

/** What {@link MACHINE_SCRIPT} printed. */
export function machineFactsIn(text: string): MachineFacts {
  return {
    hostname: valueIn(text, 'hostname'),
    os: valueIn(text, 'PRETTY_NAME'),
    kernel: valueIn(text, 'kernel'),
    arch: valueIn(text, 'arch'),
    cpus: Number(valueIn(text, 'cpus')) || 1,
    memoryBytes: Number(/\d+/.exec(valueIn(text, 'MemAvailable:'))?.[0] ?? 0) * 1024,
  };
}

/** The value in a line `name=value`, quotes taken off; empty when there is no such line. */
export function valueIn(text: string, name: string): string {
  return new RegExp(`^${name}=?[ \\t]*"?([^"\\n]*)"?$`, 'm').exec(text)?.[1] ?? '';
}
