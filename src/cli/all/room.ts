import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** What a drill takes of a file system, as its preflight tells. */
export interface Need {
  /** The file system, or what is known to lie on one. */
  readonly place: string;
  readonly neededBytes: number;
  /** What is to stay free. */
  readonly reserveBytes: number;
  /** Before any of the drills began; null: not known. */
  readonly freeBytes: number | null;
}

interface Outlined {
  readonly disk: Omit<Need, 'place'> & { readonly path: string };
  readonly sandbox: { readonly kind: string; readonly place: string };
}

/** What a drill takes, as `drill plan` tells; `isHere`: of a file system of this machine, of which two paths may be. */
export function needOf({ disk, sandbox }: Outlined, isHere: boolean): Need {
  const { path, neededBytes, reserveBytes, freeBytes } = disk;
  const place = isHere ? `device ${deviceOf(path)}` : `${sandbox.kind} ${sandbox.place} ${path}`;
  return { place, neededBytes, reserveBytes, freeBytes };
}

function deviceOf(path: string): number {
  let existing = path;
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
  return statSync(existing).dev;
}

/**
 * Whether a drill fits beside those that run: all that they will have taken, and what is to stay free. One that is alone in its
 * place may always begin, since it says best itself what it lacks; null: nothing is known of it, and the same holds.
 */
export function fitsBeside(next: Need | null, running: readonly (Need | null)[]): boolean {
  if (next === null || next.freeBytes === null) return true;
  const beside = running.filter((need) => need !== null).filter(({ place }) => place === next.place);
  if (beside.length === 0) return true;
  const all = [next, ...beside];
  const taken = all.reduce((sum, { neededBytes }) => sum + neededBytes, 0);
  const free = Math.min(...all.map(({ freeBytes }) => freeBytes ?? Infinity));
  return taken + Math.max(...all.map(({ reserveBytes }) => reserveBytes)) <= free;
}
