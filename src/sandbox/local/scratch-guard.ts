import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DrillError } from '../../core/errors.ts';
import { relationOf, resolvePath, type NamedPath } from '../path-relation.ts';

/**
 * Refuses a scratch directory that is, holds or lies in a forbidden path, symbolic links resolved. The first line of
 * defence only: the second is that nothing is written to or removed from a directory without our marker, the third that
 * the copy is fenced off by the kernel.
 */
export function refuseUnsafeScratch(scratch: string, forbidden: readonly NamedPath[]): void {
  const real = resolvePath(scratch);
  for (const { path, what } of forbidden) {
    const relation = relationOf(real, resolvePath(path));
    if (relation === null) continue;
    throw new DrillError('scratch-refused', `the scratch directory ${scratch} ${relation} ${what} (${path})`, {
      hint: 'name a directory of its own with --scratch; nothing was touched',
    });
  }
}

/**
 * Refuses a scratch directory that somebody else may put another in the place of: a link, with the name of the run's
 * directory in it, and what it leads to would be removed in its stead. So it and each directory above it has to be root's or
 * ours. For root nobody else may write to them either, unless, as in /tmp, he can take away what is his alone.
 */
export function refuseForeignWay(scratch: string, uid: number = process.getuid?.() ?? 0): void {
  const real = resolvePath(scratch);
  for (const path of withParents(real)) {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) continue;
    const isOpen = isWritableForOthers(found) && (path === real || (found.mode & STICKY) === 0);
    const isForeign = ![0, uid].includes(found.uid);
    if (!isForeign && !(uid === 0 && isOpen)) continue;
    const why = isForeign ? `belongs to user ${found.uid}` : 'can be written to by others';
    const what = path === real ? path : `${path}, which holds ${scratch},`;
    throw new DrillError(
      'scratch-refused',
      `${what} ${why}, who could put a link in the place of what is removed there`,
      {
        hint:
          uid === 0
            ? 'name a scratch directory in one that is root’s alone with --scratch, or drill as that user'
            : 'name a scratch directory of your own with --scratch',
      },
    );
  }
}

const STICKY = 0o1000;

function isWritableForOthers({ mode, gid }: { readonly mode: number; readonly gid: number }): boolean {
  return (mode & 0o002) !== 0 || ((mode & 0o020) !== 0 && gid !== 0);
}

function withParents(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [path] : [path, ...withParents(parent)];
}
