import { existsSync, readdirSync } from 'node:fs';

/** The names of the directories in a directory, but for hidden ones. One that is not there has none. */
export function directoriesIn(path: string): string[] {
  if (!existsSync(path)) return [];
  const entries = readdirSync(path, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name);
}
