import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** A path that is somebody else's, and what it is. */
export interface NamedPath {
  readonly path: string;
  readonly what: string;
}

/** How one path stands to another; both have no links in them. Null: they have nothing in common. */
export function relationOf(path: string, other: string): 'is' | 'lies in' | 'holds' | null {
  if (path === other) return 'is';
  return isInside(path, other) ? 'lies in' : isInside(other, path) ? 'holds' : null;
}

/** A path of this machine with all links resolved, as far as it exists. */
export function resolvePath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(resolvePath(parent), basename(path));
  }
}

function isInside(path: string, directory: string): boolean {
  return path.startsWith(directory.endsWith('/') ? directory : `${directory}/`);
}
