import { DrillError } from '../core/errors.ts';
import type { Host } from '../host/host.ts';
import { LIST_MEMORY_DEVICES, NOTHING_KNOWN, OUTSIDE_SCRIPT, outsideIn, type Outside } from '../host/outside.ts';
import type { SandboxSpec } from './sandbox.ts';

/** What a machine says of itself, as an administrator sees it, and what the configuration says of production. */
export async function outsideOf(
  admin: Pick<Host, 'run'>,
  spec: Pick<SandboxSpec, 'productionPaths' | 'productionServers' | 'configFiles'>,
  more: Pick<Outside, 'shared' | 'exists'>,
): Promise<Outside> {
  const seen = outsideIn((await admin.run(['sh', '-c', OUTSIDE_SCRIPT])).stdout);
  const servers = [...spec.productionServers, ...seen.servers];
  return {
    ...NOTHING_KNOWN,
    ...seen,
    memoryDevices: () => memoryDevicesOf(admin),
    servers: [...new Map(servers.map((server) => [`${server.host}:${server.port}`, server])).values()],
    paths: [
      ...new Set([
        ...spec.productionPaths.map(({ path }) => `${path}/global/pg_control`),
        ...spec.configFiles,
        ...seen.paths,
      ]),
    ],
    ...more,
  };
}

async function memoryDevicesOf(admin: Pick<Host, 'run'>): Promise<string[]> {
  const { exitCode, stdout, stderr } = await admin.run(LIST_MEMORY_DEVICES);
  if (exitCode !== 0) throw new DrillError('sandbox-failed', `the machine cannot be looked at: ${stderr.trim()}`);
  return stdout.split('\n');
}
