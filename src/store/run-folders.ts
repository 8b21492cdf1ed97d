import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The names of the directories in a directory, but for hidden ones. One that is not there has none. */
function directoriesIn(path: string): string[] {
  if (!existsSync(path)) return [];
  const entries = readdirSync(path, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name);
}

/** The id of a run, which is the name of its folder. */
export const RUN_ID = /^\d{8}T\d{6}Z-[0-9a-f]{4}$/;

/** The folders of the runs of a drill. */
export function runsIn(path: string): string[] {
  return directoriesIn(path).filter((name) => RUN_ID.test(name));
}

/** The drills that have a folder of a run below a directory of reports; other things may lie there as well. */
export function drillsIn(reports: string): string[] {
  return directoriesIn(reports).filter((name) => runsIn(join(reports, name)).length > 0);
}
