import { existsSync, statSync } from 'node:fs';
import type { DockerPlan } from './schema.ts';
import { resolvePath } from '../path-relation.ts';
import type { SandboxSpec } from '../sandbox.ts';
import { hiddenPaths, refuseShown } from '../shown.ts';
import type { ContainerSpec, Mount } from './container.ts';
import type { DrillImage } from './images.ts';
import { MEMORY_DIRECTORY } from './station.ts';

/** Who runs the programs of a drill in a container. */
export interface ContainerUser {
  /** `uid:gid`. */
  readonly id: string;
  /** Further groups that let it read the repository. */
  readonly groups: readonly string[];
}

/** The user of the images of our making. */
const IMAGE_USER = '10001:10001';

/**
 * The owner of the repository, who certainly may read it; never root, whom PostgreSQL refuses, and pgBackRest from 2.59.
 * A repository of root's may still be readable for its group. Without a repository on disk it is the image's user.
 */
export function chooseUser(
  plan: DockerPlan,
  { readPaths }: Pick<SandboxSpec, 'readPaths'>,
  image: DrillImage,
  isLocal: boolean,
): ContainerUser {
  if (plan.user !== undefined) return { id: plan.user, groups: [] };
  const usual = /^\d+:\d+$/.test(image.user) && !image.user.startsWith('0:') ? image.user : IMAGE_USER;
  const owner = isLocal ? readPaths.map((path) => statSync(path, { throwIfNoEntry: false })).find(Boolean) : undefined;
  if (!owner) return { id: usual, groups: [] };
  if (owner.uid === 0) return { id: usual, groups: [String(owner.gid)] };
  return { id: `${owner.uid}:${owner.gid}`, groups: [] };
}

/** Where a container is to get to by network. */
export interface NetworkChoice {
  readonly kind: 'none' | 'repository' | 'open';
  /** `none`, `repo-only` or the name of a network. */
  readonly asked: string;
}

/** The network of a plan: as little as the repository needs, unless it names one. */
export function networkOf({ network }: DockerPlan, { reaches }: Pick<SandboxSpec, 'reaches'>): NetworkChoice {
  const asked = network ?? (reaches.length > 0 ? 'repo-only' : 'none');
  if (asked === 'none') return { kind: 'none', asked };
  if (asked === 'repo-only') return { kind: 'repository', asked };
  return { kind: 'open', asked };
}

/**
 * What a container sees of the engine's machine: the repositories that are read, read-only at their own paths, and what
 * the plan adds. With `production` the data directories of production too, read-only, for the look at what it has
 * archived; the container of the instance does not get them.
 */
export function mountsOf(
  plan: DockerPlan,
  { readPaths, productionPaths }: Pick<SandboxSpec, 'readPaths' | 'productionPaths'>,
  { production, isLocal }: { readonly production: boolean; readonly isLocal: boolean },
): Mount[] {
  // A directory that is not there would be made by some engines; on another machine only the engine can know.
  const present = (path: string): boolean => !isLocal || existsSync(path);
  const ours = productionPaths.filter(({ path, local }) => production && isLocal && local && present(path));
  const paths = new Set([...readPaths.filter(present), ...ours.map(({ path }) => path)]);
  return [
    ...[...paths].map((path): Mount => ({ type: 'bind', source: path, target: path, readOnly: true })),
    ...plan.mounts.map((mount): Mount => ({ type: 'bind', ...mount })),
  ];
}

/** Refuses what a plan shows of this machine that is to be hidden. Where the engine is elsewhere, paths are compared as they are. */
export function refuseHiddenMounts(
  { mounts }: Pick<DockerPlan, 'mounts'>,
  spec: Parameters<typeof hiddenPaths>[0],
  isLocal: boolean,
): void {
  const real = (path: string): string => (isLocal ? resolvePath(path) : path);
  const hidden = hiddenPaths(spec).map(({ path, what }) => ({ path: real(path), what }));
  for (const { source } of mounts) refuseShown({ path: source, real: real(source) }, hidden);
}

type Limits = Pick<
  ContainerSpec,
  'image' | 'user' | 'groups' | 'memoryDirectory' | 'memoryBytes' | 'cpus' | 'shmBytes' | 'mayPull'
>;

/** What all containers of a run have in common: the image, who runs in it, and what it may use of the machine. */
export function limitsOf(plan: DockerPlan, image: DrillImage, user: ContainerUser): Limits {
  return {
    image: image.name,
    user: user.id,
    groups: user.groups,
    memoryDirectory: MEMORY_DIRECTORY,
    memoryBytes: plan.memory ?? null,
    cpus: plan.cpus ?? null,
    shmBytes: plan.shm,
    mayPull: plan.image !== undefined,
  };
}
