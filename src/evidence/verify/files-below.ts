import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { inOrder } from '../../core/in-order.ts';

/** Everything below a directory that is no directory, as paths from it on, in order. No link is followed. */
export function filesBelow(directory: string): string[] {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => relative(directory, join(parentPath, name)))
    .toSorted(inOrder);
}
