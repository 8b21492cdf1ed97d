import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { DrillError } from '../../core/errors.ts';
import type { RemoteService } from '../sandbox.ts';
import type { Container, Engine } from './engine.ts';
import { insist } from './insist.ts';
import { shortened } from '../../core/shortened.ts';

/** A service with the addresses that its name stands for. */
interface ResolvedService extends RemoteService {
  readonly addresses: readonly string[];
}

/** Looks names up here, once: in the container no name server is to be reached. A name that nobody knows has no address. */
export async function resolveServices(services: readonly RemoteService[]): Promise<ResolvedService[]> {
  return Promise.all(
    services.map(async (service) => {
      if (isIP(service.host) !== 0) return { ...service, addresses: [service.host] };
      const found = await lookup(service.host, { all: true, family: 4 }).catch(() => []);
      return { ...service, addresses: found.map(({ address }) => address) };
    }),
  );
}

/** What a container is to know by name. */
export function hostsOf(services: readonly ResolvedService[]): { host: string; ipAddress: string }[] {
  return services.flatMap(({ host, addresses }) =>
    isIP(host) === 0 ? addresses.map((ipAddress) => ({ host, ipAddress })) : [],
  );
}

/**
 * The rules that leave nothing of a network but the repository. Docker's name server listens on an address of the
 * loopback and asks the world from outside of the container, so it is refused first.
 */
export function firewallRules(services: readonly ResolvedService[]): string {
  const allowed = services.flatMap(({ addresses, port }) =>
    addresses.map(
      (address) =>
        `add rule inet pgdrill out ${isIP(address) === 6 ? 'ip6' : 'ip'} daddr ${address} tcp dport ${port} accept`,
    ),
  );
  return [
    'add table inet pgdrill',
    chain('in', 'input'),
    chain('forward', 'forward'),
    chain('out', 'output'),
    'add rule inet pgdrill in iif lo accept',
    'add rule inet pgdrill in ct state established,related accept',
    'add rule inet pgdrill out ip daddr 127.0.0.11 reject',
    'add rule inet pgdrill out oif lo accept',
    'add rule inet pgdrill out ct state established,related accept',
    ...allowed,
    'add rule inet pgdrill out reject',
  ].join('\n');
}

/** A chain that drops what none of its rules accepts. */
function chain(name: string, hook: string): string {
  return `add chain inet pgdrill ${name} { type filter hook ${hook} priority 0; policy drop; }`;
}

/** Makes a network for one run. */
export async function createNetwork(
  { docker }: Engine,
  name: string,
  labels: Readonly<Record<string, string>>,
): Promise<void> {
  await docker.createNetwork({ Name: name, Driver: 'bridge', Labels: { ...labels } });
}

/**
 * Puts the rules into the network namespace of a container, from a second container that may do that and nothing else
 * and is gone before anything of the drill runs. The drill's own containers cannot take them away: that needs a
 * capability which they do not have.
 */
export async function closeNetwork(
  engine: Engine,
  image: string,
  container: Container,
  services: readonly ResolvedService[],
  labels: Readonly<Record<string, string>>,
): Promise<void> {
  const helper = await engine.docker.createContainer({
    Image: image,
    User: '0:0',
    Entrypoint: [],
    Cmd: ['nft', firewallRules(services)],
    Labels: { ...labels },
    Healthcheck: { Test: ['NONE'] },
    HostConfig: {
      NetworkMode: `container:${container.id}`,
      CapDrop: ['ALL'],
      CapAdd: ['NET_ADMIN'],
      SecurityOpt: ['no-new-privileges'],
      ReadonlyRootfs: true,
    },
  });
  try {
    await helper.start();
    const { StatusCode: status } = (await helper.wait()) as { StatusCode: number };
    if (status === 0) return;
    const said = (await helper.logs({ stdout: true, stderr: true })).toString('utf8');
    throw unguarded(image, said);
  } catch (error) {
    throw error instanceof DrillError ? error : unguarded(image, String(error), error);
  } finally {
    await helper.remove({ force: true });
  }
}

function unguarded(image: string, said: string, cause?: unknown): DrillError {
  // oxlint-disable-next-line no-control-regex -- the engine puts bytes of its own before each piece of a log
  const plain = said.replace(/[\u0000-\u001f\ufffd]+/g, ' ').trim();
  return new DrillError(
    'confinement-unavailable',
    `the copy cannot be kept to the repository alone: nft of ${image} ended with: ${shortened(plain, 300)}`,
    {
      hint: 'use an image of drill image build, whose nftables does that; or name a network of the engine in sandbox.network, and the copy is not cut off',
      cause,
    },
  );
}

/** Takes a container off a network; its connections end. */
export async function leaveNetwork({ docker }: Engine, name: string, container: Container): Promise<void> {
  await docker.getNetwork(name).disconnect({ Container: container.id, Force: true });
}

/** Removes a network; one that is not there is no error. */
export function removeNetwork({ docker }: Engine, name: string): Promise<void> {
  return insist(() => docker.getNetwork(name).remove());
}
