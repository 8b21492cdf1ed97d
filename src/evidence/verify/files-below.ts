import { readdirSync, type Dirent } from 'node:fs';
import { join, relative } from 'node:path';
import { inOrder } from '../../core/in-order.ts';

/** Everything below a directory that is no directory, or cannot be looked into, as paths from it on, in order. No link is followed. */
export function filesBelow(directory: string): string[] {
  return [...below(directory)].map((path) => relative(directory, path)).toSorted(inOrder);
}

function* below(directory: string): Generator<string> {
  let entries: Dirent[];
  try {
    entries = readdirSync(directory, { withFileTypes: true });
  } catch {
    yield directory;
    return;
  }
  for (const entry of entries) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) yield* below(path);
    else yield path;
  }
}
