import type { Socket } from 'node:net';
import { DrillError, messageOf } from '../../core/errors.ts';
import type { Container, Engine } from './engine.ts';
import { insist } from './insist.ts';
import { shortened } from '../../core/shortened.ts';

/** Something from outside in a container. */
export interface Mount {
  readonly type: 'bind' | 'volume';
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** What a container of a drill is made of. What is not here is the same for all: see {@link startContainer}. */
export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `uid:gid`. */
  readonly user: string;
  /** Further groups, by number: reading a repository through its group. */
  readonly groups: readonly string[];
  /** `none`, the name of a network, or `container:ID`. */
  readonly network: string;
  /** Names that are known without asking a name server. */
  readonly hosts: readonly { readonly host: string; readonly ipAddress: string }[];
  readonly mounts: readonly Mount[];
  /** A directory in memory for what must not touch a disk. */
  readonly memoryDirectory: string;
  readonly memoryBytes: number | null;
  readonly cpus: number | null;
  readonly shmBytes: number;
  /** It goes on when this process ends; otherwise it ends with it, even by `kill -9`. */
  readonly outlive: boolean;
  /** Images of our own are on no registry. */
  readonly mayPull: boolean;
}

/** A container that runs, and waits for nothing but commands. */
export interface StartedContainer {
  readonly container: Container;
  readonly name: string;
}

const MEMORY_DIRECTORY_BYTES = 64 * 1024 ** 2;
const MOST_PROCESSES = 2048;

/** When the machine runs out of memory, the kernel ends what is of a drill before anything of production (oom_score_adj). */
const FIRST_TO_BE_KILLED = 1000;

/**
 * Starts a container that can do as little as possible: no capability, no way to gain one, a root file system that is
 * read-only, its mounts and its memory the only places to write to. Its first process waits on its standard input, which
 * this process holds: when this process ends, however it does, the input ends, that process ends and with it all others
 * in the container. So nothing runs on after `kill -9`, without a reaper.
 */
export async function startContainer(engine: Engine, spec: ContainerSpec): Promise<StartedContainer> {
  const { GenericContainer, PullPolicy, Wait } = await import('testcontainers');
  const [uid = '0', gid = '0'] = spec.user.split(':');
  const hasReaper = !spec.outlive && (await reaperIsHere(engine));
  let id: string | null = null;

  class DrillContainer extends GenericContainer {
    /** What testcontainers has no word for. */
    harden(): this {
      Object.assign(this.createOpts, {
        OpenStdin: !spec.outlive,
        StdinOnce: !spec.outlive,
        Healthcheck: { Test: ['NONE'] },
      });
      Object.assign(this.hostConfig, {
        ReadonlyRootfs: true,
        Init: true,
        PidsLimit: MOST_PROCESSES,
        OomScoreAdj: FIRST_TO_BE_KILLED,
        // A crash leaves no image of its memory, also where a program of the machine takes such images (core(5)).
        Ulimits: [{ Name: 'core', Soft: 1, Hard: 1 }],
        GroupAdd: [...spec.groups],
        Mounts: spec.mounts.map(({ type, source, target, readOnly }) => ({
          Type: type,
          Source: source,
          Target: target,
          ReadOnly: readOnly,
        })),
        ...(spec.memoryBytes === null ? {} : { Memory: spec.memoryBytes, MemorySwap: spec.memoryBytes }),
        ...(spec.cpus === null ? {} : { NanoCpus: Math.round(spec.cpus * 1e9) }),
      });
      return this;
    }

    protected override async containerCreated(containerId: string): Promise<void> {
      id = containerId;
      if (!spec.outlive) await holdInput(engine.docker.getContainer(containerId));
    }
  }

  const box = new DrillContainer(spec.image)
    .withPullPolicy(spec.mayPull ? PullPolicy.defaultPolicy() : PullPolicy.neverPull())
    .withAutoCleanup(hasReaper)
    .withName(spec.name)
    .withLabels({ ...spec.labels })
    .withUser(spec.user)
    .withEntrypoint([])
    .withCommand(spec.outlive ? ['sleep', 'infinity'] : ['cat'])
    .withNetworkMode(spec.network)
    .withDroppedCapabilities('ALL')
    .withSecurityOpt('no-new-privileges')
    .withSharedMemorySize(spec.shmBytes)
    .withTmpFs({
      '/tmp': `rw,nosuid,nodev,size=${MEMORY_DIRECTORY_BYTES},mode=1777`,
      [spec.memoryDirectory]: `rw,nosuid,nodev,size=${MEMORY_DIRECTORY_BYTES},mode=0700,uid=${uid},gid=${gid}`,
    })
    .withWaitStrategy(Wait.forAll([]))
    .harden();
  if (spec.hosts.length > 0) box.withExtraHosts(spec.hosts.map(({ host, ipAddress }) => ({ host, ipAddress })));
  try {
    await box.start();
  } catch (error) {
    throw notStarted(spec, error);
  }
  if (id === null) throw new Error('a container was started, but never created');
  return { container: engine.docker.getContainer(id), name: spec.name };
}

/** Holds the standard input of a container until this process ends; holding it does not keep the process from ending. */
async function holdInput(container: Container): Promise<void> {
  const input = await container.attach({ stream: true, hijack: true, stdin: true });
  input.on('error', () => undefined);
  input.resume();
  (input as Partial<Socket>).unref?.();
}

/** Ryuk removes what a session leaves when its process dies; its image is not pulled for that. */
async function reaperIsHere({ docker }: Engine): Promise<boolean> {
  if (process.env['TESTCONTAINERS_RYUK_DISABLED'] === 'true') return false;
  const images = await docker.listImages({ filters: { reference: ['testcontainers/ryuk'] } });
  return images.length > 0;
}

function notStarted(spec: ContainerSpec, error: unknown): DrillError {
  const said = messageOf(error);
  if (/is already in use by container/.test(said)) {
    return new DrillError('busy', `there is a container ${spec.name} already`, { cause: error });
  }
  return new DrillError(
    'sandbox-failed',
    `the container ${spec.name} of ${spec.image} cannot be started: ${shortened(said, 500)}`,
    { hint: 'try the same with docker run; drill doctor says what the engine lacks', cause: error },
  );
}

/** Removes a container with what runs in it; one that is not there is no error. */
export function removeContainer(container: Container): Promise<void> {
  return insist(() => container.remove({ force: true, v: true }));
}
