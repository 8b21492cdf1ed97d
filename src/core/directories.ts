import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode } from './errors.ts';

/**
 * Makes a directory and its missing parents; gives those that were made, the innermost first. One after the other: Node's
 * own recursive mkdir (24.21) never ends where the kernel says ENOENT to every name, as in /proc.
 */
export function makeWithParents(directory: string, mode: number): string[] {
  if (existsSync(directory)) return [];
  const above = makeWithParents(dirname(directory), mode);
  try {
    mkdirSync(directory, { mode });
  } catch (error) {
    // Another run may have made it just now.
    if (errorCode(error) === 'EEXIST') return above;
    throw error;
  }
  return [directory, ...above];
}
