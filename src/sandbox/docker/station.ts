import { DrillError } from '../../core/errors.ts';
import type { RunPaths } from '../../host/run-paths.ts';
import { layOut } from '../layout.ts';
import { MACHINE_SCRIPT, machineFactsIn } from '../machine-text.ts';
import type { Confinement, ContainerFacts, SandboxFacts, Station } from '../sandbox.ts';
import { containerHost } from './container-host.ts';
import type { Container } from './engine.ts';

/** Where the volume of a run is mounted. */
export const VOLUME_DIRECTORY = '/pgdrill';

/** In memory, gone with the container: sockets, and all that holds secrets. */
export const MEMORY_DIRECTORY = '/run/pgdrill';

/** The directories of a run in its container. */
export const CONTAINER_PATHS: RunPaths = layOut({ disk: VOLUME_DIRECTORY, memory: MEMORY_DIRECTORY });

interface StationOptions {
  readonly container: Container;
  readonly confinement: Confinement;
  readonly facts: ContainerFacts;
  /** It is to go on when this process ends, which must not wait for its end. */
  readonly outlive: boolean;
}

/** A running container as a place for a drill: its directories made, its facts read from inside. */
export async function stationIn({ container, confinement, facts, outlive }: StationOptions): Promise<Station> {
  const notes = `${MEMORY_DIRECTORY}/notes`;
  const host = containerHost(container, notes, { TMPDIR: CONTAINER_PATHS.temp });
  const { spool, log, temp, sockets, conf, secrets, lock, feed } = CONTAINER_PATHS;
  const script = `umask 077 && cd / && rm -rf "$@" 2>/dev/null; mkdir -p ${notes} ${sockets} ${conf} ${secrets} ${lock} ${feed} "$@" || exit
    ${MACHINE_SCRIPT}`;
  const first = containerHost(container, MEMORY_DIRECTORY);
  const result = await first.run(['sh', '-c', script, 'sh', spool, log, temp]);
  if (result.exitCode !== 0) {
    throw new DrillError(
      'sandbox-failed',
      `the directories of the run cannot be made in the container: ${result.stderr.trim()}`,
      {
        hint: 'the user of the container must be able to write to its volume',
      },
    );
  }
  if (!outlive) onceEnded(container, () => host.lost());
  return {
    host,
    paths: CONTAINER_PATHS,
    facts: { ...containerMachine(result.stdout, facts), confinement, container: facts },
    blame: () => blameContainer(container, facts),
  };
}

/** Calls back when a container has ended. */
function onceEnded(container: Container, callback: () => void): void {
  container
    .wait()
    .catch(() => null)
    .finally(callback);
}

function containerMachine(text: string, container: ContainerFacts): Omit<SandboxFacts, 'confinement' | 'container'> {
  const { cpus, memoryBytes, ...machine } = machineFactsIn(text);
  return {
    ...machine,
    kind: 'docker',
    cpus: Math.max(1, Math.min(cpus, Math.floor(container.cpuLimit ?? cpus))),
    memoryBytes: Math.min(memoryBytes, container.memoryLimitBytes ?? memoryBytes),
    user: container.user,
    server: null,
  };
}

/**
 * A process that the kernel killed for memory leaves no last words in any log (PostgreSQL 18, pgBackRest 2.60); what
 * tells of it is the state of the container, or the counter of its control group: version 1, then version 2.
 */
async function blameContainer(container: Container, { memoryLimitBytes }: ContainerFacts): Promise<DrillError | null> {
  const state = await container.inspect().then(
    (found) => found.State,
    () => null,
  );
  const runs = state?.Running === true && (await answers(container));
  if (!runs && state?.OOMKilled !== true) {
    return new DrillError('process-killed', 'the container of the drill was ended from outside', {
      hint: 'somebody removed or stopped it, or the engine was stopped; the log of the engine tells',
    });
  }
  if (runs && !(await hasKilledForMemory(container))) return null;
  const limit = memoryLimitBytes === null ? 'of the machine' : `of ${Math.round(memoryLimitBytes / 1024 ** 2)} MB`;
  return new DrillError(
    'out-of-memory',
    `the memory ${limit} was not enough: the kernel killed a process of the copy`,
    {
      hint: 'raise sandbox.memory in the plan, or lower shared_buffers with sandbox.settings',
    },
  );
}

/** A container that is just being removed still counts as running for a while. */
async function answers(container: Container): Promise<boolean> {
  const host = containerHost(container, MEMORY_DIRECTORY);
  return host.run(['true']).then(
    ({ exitCode }) => exitCode === 0,
    () => false,
  );
}

async function hasKilledForMemory(container: Container): Promise<boolean> {
  const host = containerHost(container, MEMORY_DIRECTORY);
  const files = ['/sys/fs/cgroup/memory/memory.oom_control', '/sys/fs/cgroup/memory.events'];
  const texts = await Promise.all(files.map((file) => host.readFile(file).catch(() => null)));
  return texts.some((text) => Number(/^oom_kill (\d+)$/m.exec(text ?? '')?.[1] ?? 0) > 0);
}
