import { realpathSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { DrillError } from '../../core/errors.ts';

/** A path that a run must stay away from, and why. */
export interface ForbiddenPath {
  readonly path: string;
  readonly what: string;
}

/**
 * Refuses a scratch directory that is, holds or lies in a forbidden path, symbolic links resolved. The first line of
 * defence only: the second is that nothing is written to or removed from a directory without our marker, the third that
 * the copy is fenced off by the kernel.
 */
export function refuseUnsafeScratch(scratch: string, forbidden: readonly ForbiddenPath[]): void {
  const real = resolvePath(scratch);
  for (const { path, what } of forbidden) {
    const other = resolvePath(path);
    if (real !== other && !isInside(real, other) && !isInside(other, real)) continue;
    const relation = real === other ? 'is' : isInside(real, other) ? 'lies in' : 'holds';
    throw new DrillError('scratch-refused', `the scratch directory ${scratch} ${relation} ${what} (${path})`, {
      hint: 'name a directory of its own with --scratch; nothing was touched',
    });
  }
}

/** The path with symbolic links resolved as far as it exists. */
export function resolvePath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(resolvePath(parent), basename(path));
  }
}

function isInside(path: string, directory: string): boolean {
  return path.startsWith(directory.endsWith(sep) ? directory : directory + sep);
}
