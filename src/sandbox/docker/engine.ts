import { accessSync, constants } from 'node:fs';
import { DrillError, messageOf } from '../../core/errors.ts';
import type { getContainerRuntimeClient } from 'testcontainers';

/** The client of the engine that testcontainers found, for what its own interface lacks. */
type Docker = Awaited<ReturnType<typeof getContainerRuntimeClient>>['container']['dockerode'];
export type Container = ReturnType<Docker['getContainer']>;

/** A container engine that answers. */
export interface Engine {
  readonly docker: Docker;
  /** It runs on this machine: what it mounts is what lies here. */
  readonly isLocal: boolean;
  /** For the report: `Docker 20.10.24 at /var/run/docker.sock`. */
  readonly description: string;
}

const DEFAULT_SOCKET = '/var/run/docker.sock';

/**
 * Finds the engine as testcontainers does: DOCKER_HOST, the usual sockets, those of a rootless engine. When DOCKER_HOST
 * is set no other engine will do, though testcontainers 12.2 would quietly take one. Throws `engine-unreachable`.
 */
export async function connectEngine(env: NodeJS.ProcessEnv = process.env): Promise<Engine> {
  const asked = env['DOCKER_HOST'];
  if (asked?.startsWith('ssh:')) throw unreachable(asked, 'testcontainers does not speak ssh:// to an engine');
  // Inside a container testcontainers would pull an image to find its gateway; nothing here needs it.
  process.env['TESTCONTAINERS_HOST_OVERRIDE'] ??= 'localhost';
  const { getContainerRuntimeClient: find } = await import('testcontainers');
  const client = await find().catch((error: unknown) => {
    throw unreachable(asked, whyNot(asked, error), error);
  });
  const docker = client.container.dockerode;
  const { socketPath, host, port } = docker.modem as { socketPath?: string; host?: string; port?: string | number };
  const place = socketPath ?? `${host ?? '?'}:${port ?? '?'}`;
  if (asked !== undefined && asked !== '' && !asked.includes(place)) {
    throw unreachable(asked, `no engine answers there (one at ${place} does, and was left alone)`);
  }
  const { Version: version = '?', Components: components = [] } = (await docker.version()) as {
    Version?: string;
    Components?: { Name: string }[];
  };
  const name = components.some((component) => /podman/i.test(component.Name)) ? 'Podman' : 'Docker';
  return { docker, isLocal: socketPath !== undefined, description: `${name} ${version} at ${place}` };
}

function whyNot(asked: string | undefined, error: unknown): string {
  if (asked !== undefined && asked !== '') return `no engine answers there (${messageOf(error)})`;
  try {
    accessSync(DEFAULT_SOCKET, constants.R_OK | constants.W_OK);
    return 'the engine does not answer';
  } catch (denied) {
    const { code } = denied as NodeJS.ErrnoException;
    return code === 'EACCES'
      ? `this user may not speak to ${DEFAULT_SOCKET}`
      : `there is no ${DEFAULT_SOCKET}, nor the socket of a rootless engine`;
  }
}

function unreachable(asked: string | undefined, why: string, cause?: unknown): DrillError {
  const where = asked === undefined || asked === '' ? '' : ` at DOCKER_HOST=${asked}`;
  return new DrillError('engine-unreachable', `there is no container engine to be used${where}: ${why}`, {
    hint: 'install and start Docker (Debian, Ubuntu: apt-get install docker.io), or become a member of its group',
    cause,
  });
}
