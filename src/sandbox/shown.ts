import { DrillError } from '../core/errors.ts';
import { relationOf, type NamedPath } from './path-relation.ts';
import type { SandboxSpec } from './sandbox.ts';

/** Directories of production and of its backups, which a run keeps away from. */
export function directoriesOfProduction(spec: Pick<SandboxSpec, 'productionPaths' | 'repositoryPaths'>): NamedPath[] {
  return [
    ...spec.productionPaths.map(({ path }) => ({ path, what: 'a data directory of production' })),
    ...spec.repositoryPaths.map((path) => ({ path, what: 'a repository' })),
  ];
}

/** What is known of production, of its backups and of the secrets of both. */
export function hiddenPaths(
  spec: Pick<SandboxSpec, 'productionPaths' | 'productionServers' | 'repositoryPaths' | 'configFiles'>,
): NamedPath[] {
  const sockets = spec.productionServers.map(({ host }) => host).filter((host) => host.startsWith('/'));
  return [
    ...directoriesOfProduction(spec),
    ...sockets.map((path) => ({ path, what: 'the sockets of production' })),
    ...spec.configFiles.map((path) => ({ path, what: 'the configuration of pgBackRest' })),
  ];
}

/** Something that a plan shows to the copy. */
interface ShownPath {
  /** As the plan names it. */
  readonly path: string;
  /** With all links resolved. */
  readonly real: string;
}

/**
 * Throws `plan-invalid` for what a plan shows if it is, holds or lies in something hidden. `hidden` has no links in it. The
 * restored server would see that from its start, before any assertion about it.
 */
export function refuseShown(shown: ShownPath, hidden: readonly NamedPath[]): void {
  for (const { path, what } of hidden) {
    const relation = relationOf(shown.real, path);
    if (relation === null) continue;
    throw new DrillError('plan-invalid', `sandbox.mounts: ${shown.path} ${relation} ${what} (${path})`, {
      hint: 'name the directory with the programs or files that checks need, and nothing of production or its backups',
    });
  }
}
