import type { Outside } from '../../host/outside.ts';
import type { RunPaths } from '../../host/run-paths.ts';
import type { Database } from '../../postgres/database.ts';
import type { Assertion } from './assertion.ts';
import { connectAssertion, sightAssertions, signalAssertion, writeAssertion } from './attempts.ts';
import { Backend } from './backend.ts';
import { environmentAssertion } from './environment.ts';
import { writableMounts } from './mounts.ts';
import { namespacesAssertion } from './namespaces.ts';
import { networkAssertions } from './network.ts';
import { parentIn, privilegesAssertion } from './privileges.ts';
import { processesAssertion } from './processes.ts';

/** What a sandbox says that the kernel keeps its copy from. */
interface ClaimedConfinement {
  readonly fileSystem: boolean;
  readonly network: 'none' | 'repository' | 'open';
  readonly privileges: boolean;
}

export interface KernelInput {
  readonly database: Database;
  readonly paths: RunPaths;
  /** What the kernel is said to keep the copy from. */
  readonly confinement: ClaimedConfinement;
  /** What it must neither see nor reach. */
  readonly outside: Outside;
  /** Where the server's programs are. */
  readonly binDirectory: string;
  /** Since the run began. */
  readonly elapsedMs: number;
}

/**
 * What a sandbox says of its fence, asked of the restored server's own backend, and tried by it: a program that was started
 * beside the server may be fenced off while the server is not. What is not claimed is not asserted.
 */
export async function kernelAssertions(input: KernelInput): Promise<Assertion[]> {
  const { confinement } = input;
  const backend = new Backend(input.database);
  const status = await backend.read('/proc/self/status');
  const environ = await backend.read(`/proc/${parentIn(status) ?? 'self'}/environ`);
  return [
    ...(confinement.fileSystem ? await fenceAssertions(backend, input) : []),
    ...(confinement.network === 'none' ? await offlineAssertions(backend, input) : []),
    ...(confinement.privileges ? [privilegesAssertion(status, confinement.fileSystem)] : []),
    environmentAssertion(environ),
  ];
}

async function fenceAssertions(backend: Backend, input: KernelInput): Promise<Assertion[]> {
  const { outside, paths, confinement, elapsedMs } = input;
  const processes = await backend.processes();
  const mounts = await backend.read('/proc/self/mountinfo');
  const memoryDevices = await outside.memoryDevices();
  return [
    writableMounts(mounts, { ...outside, memoryDevices }, Object.values(paths)),
    ...(await sightAssertions(backend, outside)),
    processesAssertion(await backend.read('/proc/uptime'), processes, outside, elapsedMs),
    ...(outside.namespaces.size > 0
      ? [await namespacesAssertion(backend, outside, confinement.network !== 'none')]
      : []),
    ...(await signalAssertion(backend, outside, processes ?? [])),
    ...(await writeAssertion(backend, outside, paths)),
  ];
}

async function offlineAssertions(backend: Backend, { outside, binDirectory }: KernelInput): Promise<Assertion[]> {
  const [dev, unix] = [await backend.read('/proc/self/net/dev'), await backend.read('/proc/self/net/unix')];
  return [
    ...networkAssertions(dev, unix, outside),
    ...(await connectAssertion(backend, outside.servers, binDirectory)),
  ];
}
