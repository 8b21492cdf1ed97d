import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** A process, told from every other one that has its number before or after it. */
export const ownerSchema = z.strictObject({
  pid: z.int(),
  startTicks: z.string().nullable(),
  bootId: z.string().nullable(),
});

export type Owner = z.output<typeof ownerSchema>;

/** This process, as the owner of what a run makes. */
export function thisProcess(): Owner {
  return ownerOf(process.pid);
}

/** A process of this machine that runs now. */
export function ownerOf(pid: number): Owner {
  return { pid, startTicks: processStartTicks(pid), bootId: bootId() };
}

/** Whether an owner on this machine still lives; process numbers are used again, so its start and the boot count too. */
export function isAlive({ pid, startTicks, bootId: boot }: Owner): boolean {
  return boot === bootId() && startTicks !== null && processStartTicks(pid) === startTicks;
}

/** When a process began, in clock ticks since boot: with the number of the process it is unique until the next boot. */
function processStartTicks(pid: number): string | null {
  const stat = read(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

function bootId(): string | null {
  return read('/proc/sys/kernel/random/boot_id')?.trim() ?? null;
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
