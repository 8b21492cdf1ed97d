import { awaitedLater } from '../../core/awaited-later.ts';
import type { CleanupStack } from '../../core/cleanup.ts';
import { DrillError } from '../../core/errors.ts';
import type { ExecRequest } from '../../host/exec.ts';
import { NOTHING_KNOWN, type Outside } from '../../host/outside.ts';
import type { DockerPlan } from './schema.ts';
import { takeKeptData } from '../kept-data.ts';
import type { PreparedSandbox, ProvisionedSandbox, SandboxSpec, Station } from '../sandbox.ts';
import { sweepCommand, type Kept } from '../sweeping.ts';
import { openWayIn } from '../way-in.ts';
import { removeContainer, startContainer, type ContainerSpec, type StartedContainer } from './container.ts';
import {
  chooseUser,
  limitsOf,
  mountsOf,
  networkOf,
  refuseHiddenMounts,
  type ContainerUser,
  type NetworkChoice,
} from './choices.ts';
import { connectEngine, type Engine } from './engine.ts';
import { startExec } from './exec.ts';
import { findImage, firstImage, imageName, listImages, majorsIn, type DrillImage } from './images.ts';
import { labelsFor, RUN_LABEL } from './marker.ts';
import { closeNetwork, createNetwork, hostsOf, leaveNetwork, removeNetwork, resolveServices } from './network.ts';
import { engineOutside } from './outside.ts';
import { CONTAINER_PATHS, stationIn, VOLUME_DIRECTORY } from './station.ts';
import { createVolume, letWrite, removeVolume } from './volume.ts';

/** Takes what is there of images, and makes a container to look into the repository from. */
export async function prepare(
  plan: DockerPlan,
  spec: SandboxSpec,
  cleanup: CleanupStack,
  signal: AbortSignal,
): Promise<PreparedSandbox> {
  const engine = await connectEngine();
  signal.throwIfAborted();
  const image = await firstImage(engine, plan.image);
  return new DockerRun(plan, spec, engine, cleanup).prepare(image, signal);
}

/** What one run makes on an engine. */
class DockerRun {
  readonly #plan: DockerPlan;
  readonly #spec: SandboxSpec;
  readonly #engine: Engine;
  readonly #cleanup: CleanupStack;
  readonly #volume: string;
  readonly #name: string;
  #outside: Promise<Outside> = Promise.resolve(NOTHING_KNOWN);
  /** Images whose pgBackRest cannot read the repository. */
  readonly #tried = new Set<string>();

  constructor(plan: DockerPlan, spec: SandboxSpec, engine: Engine, cleanup: CleanupStack) {
    this.#plan = plan;
    this.#spec = spec;
    this.#engine = engine;
    this.#cleanup = cleanup;
    this.#name = `pgdrill-${spec.runId}`;
    this.#volume = plan.reuse ? `pgdrill-kept-${spec.drill}` : this.#name;
  }

  async prepare(image: DrillImage, signal: AbortSignal): Promise<PreparedSandbox> {
    refuseHiddenMounts(this.#plan, this.#spec, this.#engine.isLocal);
    await this.#refuseKeptInstance();
    const network = networkOf(this.#plan, this.#spec);
    const user = chooseUser(this.#plan, this.#spec, image, this.#engine.isLocal);
    this.#outside = awaitedLater(engineOutside(this.#engine, this.#plan, this.#spec));
    await this.#makeVolume();
    if (network.kind === 'repository') await this.#makeNetwork();
    const lookout = await this.#lookout(image, user, network);
    return this.#prepared({ image, user, network, lookout }, signal);
  }

  async #prepared(place: Place, signal: AbortSignal): Promise<PreparedSandbox> {
    const { image, lookout } = place;
    const station = await this.#stationIn(lookout, place);
    const hasKeptData = this.#plan.reuse && (await takeKeptData(station.host, CONTAINER_PATHS));
    signal.throwIfAborted();
    const prepared: PreparedSandbox = {
      ...station,
      isLookout: false,
      hasKeptData,
      bringsPostgres: false,
      withOtherPgBackRest: async () => {
        this.#tried.add(image.name);
        const images = this.#plan.image === undefined ? await listImages(this.#engine) : [];
        const other = images.find(({ name }) => !this.#tried.has(name));
        return other === undefined ? null : this.#withImage(other, place, signal);
      },
      withPostgres: async (major) => {
        const better = await this.#imageFor(major, image, station);
        return better === null ? prepared : this.#withImage(better, place, signal);
      },
      provision: () => this.#provision(place),
    };
    return prepared;
  }

  /** The same look from a container of another image. */
  async #withImage(image: DrillImage, { network, lookout }: Place, signal: AbortSignal): Promise<PreparedSandbox> {
    await removeContainer(lookout.container);
    const user = chooseUser(this.#plan, this.#spec, image, this.#engine.isLocal);
    return this.#prepared({ image, user, network, lookout: await this.#lookout(image, user, network) }, signal);
  }

  /** The image that has a major version of PostgreSQL; null: the one at hand has it. */
  async #imageFor(major: number, image: DrillImage, station: Station): Promise<DrillImage | null> {
    if (image.major === major) return null;
    const present = image.major === null ? await majorsIn(station.host) : [image.major];
    if (present.includes(major)) return null;
    if (this.#plan.image === undefined) return findImage(this.#engine, major);
    const has = present.length === 0 ? 'no PostgreSQL' : `PostgreSQL ${present.join(', ')}`;
    throw new DrillError(
      'postgres-missing',
      `the backup is of PostgreSQL ${major}, and the image ${image.name} has ${has}`,
      {
        hint: `${imageName(major)} would do (drill image build --major ${major}): leave sandbox.image out, or name an image that has PostgreSQL ${major}`,
      },
    );
  }

  async #provision({ image, user, network, lookout }: Place): Promise<ProvisionedSandbox> {
    const engine = this.#engine;
    const outlive = this.#spec.keepInstance;
    const shared = network.kind === 'none' ? 'none' : `container:${lookout.container.id}`;
    this.#cleanup.push(`remove the container ${this.#name}`, () => this.#removeNamed(this.#name));
    const started = await startContainer(engine, {
      ...limitsOf(this.#plan, image, user),
      name: this.#name,
      labels: this.#labels(outlive ? 'instance' : 'nothing'),
      mounts: [
        this.#volumeMount(),
        ...mountsOf(this.#plan, this.#spec, { production: false, isLocal: engine.isLocal }),
      ],
      network: shared,
      hosts: [],
      outlive,
    });
    const station = await this.#stationIn(started, { image, user, network });
    for (const path of [CONTAINER_PATHS.data, CONTAINER_PATHS.tablespaces]) await station.host.makeDirectory(path);
    const behind = {
      start: (request: ExecRequest) => startExec(started.container, request),
      sockets: CONTAINER_PATHS.sockets,
      superuser: this.#plan.superuser,
      enter: ['docker', 'exec', '-it', this.#name],
    };
    return {
      ...station,
      outside: await this.#outside,
      endpoint: await openWayIn(behind, this.#cleanup),
      seal: async () => {
        if (network.kind !== 'repository') return network.kind;
        await leaveNetwork(engine, this.#name, lookout.container);
        return 'none';
      },
    };
  }

  #stationIn(
    { container }: StartedContainer,
    { image, user, network }: Pick<Place, 'image' | 'user' | 'network'>,
  ): Promise<Station> {
    const { memory, cpus, shm } = this.#plan;
    return stationIn({
      container,
      outlive: this.#spec.keepInstance,
      confinement: {
        // One fence for all that is in the container.
        eachProgram: false,
        fileSystem: true,
        network: network.kind,
        privileges: true,
        shown: this.#plan.mounts.map(({ target }) => target),
      },
      facts: {
        engine: this.#engine.description,
        image: image.name,
        imageId: image.id,
        user: user.id,
        memoryLimitBytes: memory ?? null,
        cpuLimit: cpus ?? null,
        shmBytes: shm,
        network: network.asked,
      },
    });
  }

  /** Its name is the lock of the drill: the engine lets no two containers have one. */
  async #lookout(image: DrillImage, user: ContainerUser, network: NetworkChoice): Promise<StartedContainer> {
    const name = `pgdrill-drill-${this.#spec.drill}`;
    const services = network.kind === 'repository' ? await resolveServices(this.#spec.reaches) : [];
    const spec: ContainerSpec = {
      ...limitsOf(this.#plan, image, user),
      name,
      labels: this.#labels('nothing'),
      mounts: [
        this.#volumeMount(),
        ...mountsOf(this.#plan, this.#spec, { production: true, isLocal: this.#engine.isLocal }),
      ],
      network: network.kind === 'repository' ? this.#name : network.asked,
      hosts: hostsOf(services),
      outlive: false,
    };
    // By its labels, and not by its name: one of another run may have the name.
    const label = `remove the container ${name}`;
    this.#cleanup.push(label, () => this.#removeOwn(name), { evenWhenKept: true });
    const started = await this.#startNamed(spec);
    if (network.kind === 'repository') {
      await closeNetwork(this.#engine, image.name, started.container, services, spec.labels);
    }
    await letWrite(this.#engine, started.container, image.name, this.#volume, user.id, spec.labels);
    return started;
  }

  /** A container of a run that was killed ended with it; what is left of it does not keep the name. */
  async #startNamed(spec: ContainerSpec): Promise<StartedContainer> {
    try {
      return await startContainer(this.#engine, spec);
    } catch (error) {
      if (!(error instanceof DrillError) || error.code !== 'busy') throw error;
      const other = this.#engine.docker.getContainer(spec.name);
      const { State: state } = await other.inspect();
      if (state.Status !== 'exited' && state.Status !== 'dead') {
        throw new DrillError('busy', `the drill "${this.#spec.drill}" is already running on this engine`, {
          hint: 'wait until it has ended; another drill needs another name',
          cause: error,
        });
      }
      await removeContainer(other);
      return startContainer(this.#engine, spec);
    }
  }

  async #removeOwn(name: string): Promise<void> {
    const filters = { name: [`^/${name}$`], label: [`org.pgdrill.run=${this.#spec.runId}`] };
    for (const { Id: id } of await this.#engine.docker.listContainers({ all: true, filters }))
      await removeContainer(this.#engine.docker.getContainer(id));
  }

  #removeNamed(name: string): Promise<void> {
    return removeContainer(this.#engine.docker.getContainer(name));
  }

  /** An instance that was kept in the volume of a drill's data is somebody's: it is not restored over. */
  async #refuseKeptInstance(): Promise<void> {
    if (!this.#plan.reuse) return;
    const filters = { volume: [this.#volume], label: ['org.pgdrill.keeps=instance'] };
    const [container] = await this.#engine.docker.listContainers({ filters });
    if (!container) return;
    const runId = container.Labels[RUN_LABEL] ?? '';
    throw new DrillError('busy', `the instance that run ${runId} kept is still up, in the data to be reused`, {
      hint: `end it with: ${sweepCommand(runId)}`,
    });
  }

  async #makeVolume(): Promise<void> {
    const { reuse } = this.#plan;
    if (!reuse) {
      this.#cleanup.push(`remove the volume ${this.#volume}`, () => removeVolume(this.#engine, this.#volume), {
        deadlineMs: 600_000,
      });
    }
    const labels = reuse
      ? { ...this.#labels('data'), 'org.pgdrill.run': `kept-${this.#spec.drill}` }
      : this.#labels(this.#spec.keepInstance ? 'instance' : 'nothing');
    await createVolume(this.#engine, this.#volume, labels);
  }

  async #makeNetwork(): Promise<void> {
    this.#cleanup.push(`remove the network ${this.#name}`, () => removeNetwork(this.#engine, this.#name), {
      evenWhenKept: true,
    });
    await createNetwork(this.#engine, this.#name, this.#labels('nothing'));
  }

  #volumeMount(): ContainerSpec['mounts'][number] {
    return { type: 'volume', source: this.#volume, target: VOLUME_DIRECTORY, readOnly: false };
  }

  #labels(keeps: Kept): Record<string, string> {
    const { runId, drill, endsBefore } = this.#spec;
    return labelsFor({ runId, drill, keeps, endsBefore });
  }
}

/** What a run has settled on for its containers. */
interface Place {
  readonly image: DrillImage;
  readonly user: ContainerUser;
  readonly network: NetworkChoice;
  readonly lookout: StartedContainer;
}
