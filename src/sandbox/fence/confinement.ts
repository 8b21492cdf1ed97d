import type { Fence } from '../../host/fence.ts';
import type { Confinement } from '../sandbox.ts';

interface Confined {
  /** PostgreSQL would run as root. */
  readonly isRoot: boolean;
  /** What the plan shows to the server and to checks. */
  readonly mounts: readonly string[];
}

/** What a fence keeps a copy from; null: there is none. */
export function confinementBy(fence: Fence | null, { isRoot, mounts }: Confined): Confinement {
  const isFenced = fence !== null;
  return {
    eachProgram: isFenced,
    fileSystem: isFenced,
    network: isFenced ? 'none' : 'open',
    privileges: !isRoot,
    shown: isFenced ? mounts : [],
  };
}
