import type { Host } from '../host/host.ts';
import { NOTHING_KNOWN, OUTSIDE_SCRIPT, outsideIn, type Outside } from '../host/outside.ts';
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
