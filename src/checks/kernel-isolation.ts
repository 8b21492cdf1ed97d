import type { Host } from '../host/host.ts';
import type { Assertion } from './isolation.ts';

/** What a sandbox says that the kernel keeps its copy from. */
export interface ClaimedConfinement {
  readonly fileSystem: boolean;
  readonly network: 'none' | 'repository' | 'open';
  readonly privileges: boolean;
}

/**
 * What a sandbox says of its fence is looked up where the copy runs: in what the kernel tells a process there of itself.
 * What is not claimed is not asserted.
 */
export async function kernelAssertions(host: Host, claimed: ClaimedConfinement): Promise<Assertion[]> {
  const [mounts, routes, status] = await Promise.all(
    ['/proc/self/mountinfo', '/proc/self/net/dev', '/proc/self/status'].map(async (file) => {
      const { exitCode, stdout } = await host.run(['cat', file], { role: 'server' });
      return exitCode === 0 ? stdout : '';
    }),
  );
  const fileSystem: Assertion = {
    name: 'the copy sees a read-only file system but for its own directory',
    expected: 'the root is mounted ro',
    observed: rootMount(mounts ?? ''),
    holds: rootMount(mounts ?? '') === 'ro',
  };
  const interfaces = interfacesOf(routes ?? '');
  const network: Assertion = {
    name: 'the copy has no network',
    expected: 'no interface but lo',
    observed: interfaces.join(', ') || 'none at all',
    holds: routes !== '' && interfaces.every((name) => name === 'lo'),
  };
  const [capabilities, noNew] = [fieldOf(status ?? '', 'CapEff'), fieldOf(status ?? '', 'NoNewPrivs')];
  const privileges: Assertion = {
    name: 'the copy has no capability of root',
    expected: 'CapEff 0',
    observed: `CapEff ${capabilities ?? 'unknown'}, NoNewPrivs ${noNew ?? 'unknown'}`,
    holds: capabilities !== null && /^0+$/.test(capabilities),
  };
  return [
    ...(claimed.fileSystem ? [fileSystem] : []),
    ...(claimed.network === 'none' ? [network] : []),
    ...(claimed.privileges ? [privileges] : []),
  ];
}

/** `ro` or `rw` of the mount that is the root; the last line for it counts. Fields: id, parent, device, root, mount point, options. */
function rootMount(mountinfo: string): string {
  const root = mountinfo.split('\n').findLast((line) => line.split(' ')[4] === '/');
  return (
    root
      ?.split(' ')[5]
      ?.split(',')
      .find((option) => option === 'ro' || option === 'rw') ?? 'unknown'
  );
}

/** Names of network interfaces, after the two lines of heading of /proc/net/dev; tunnels that every namespace is born with are down. */
function interfacesOf(dev: string): string[] {
  return dev
    .split('\n')
    .slice(2)
    .flatMap((line) => /^\s*([^:\s]+):/.exec(line)?.[1] ?? [])
    .filter((name) => !/^(tunl0|sit0|gre0|gretap0|erspan0|ip_vti0|ip6_vti0|ip6tnl0|ip6gre0)$/.test(name));
}

function fieldOf(status: string, name: string): string | null {
  return new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)?.[1] ?? null;
}
