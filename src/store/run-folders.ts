import { existsSync, readdirSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { asDrillError, DrillError } from '../core/errors.ts';
import { whyUnread } from '../core/why-unread.ts';

/**
 * The names of the directories in a directory, but for hidden ones. One that is not there has none. Throws `not-found` for one
 * that cannot be looked into.
 */
function directoriesIn(path: string): string[] {
  if (!existsSync(path)) return [];
  let entries: Dirent[];
  try {
    entries = readdirSync(path, { withFileTypes: true });
  } catch (error) {
    throw new DrillError('not-found', `${path} ${whyUnread(error)}`, {
      hint: 'reports belong to the user who runs the drills: read them as that user, or as root',
      cause: error,
    });
  }
  return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name);
}

/** The id of a run, which is the name of its folder. */
export const RUN_ID = /^\d{8}T\d{6}Z-[0-9a-f]{4}$/;

/** The folders of the runs of a drill; a directory that this user may not look into has none to be seen. */
export function runsIn(path: string): string[] {
  try {
    return directoriesIn(path).filter((name) => RUN_ID.test(name));
  } catch (error) {
    if (asDrillError(error)) return [];
    throw error;
  }
}

/** The drills that have a folder of a run below a directory of reports; other things may lie there as well. */
export function drillsIn(reports: string): string[] {
  return directoriesIn(reports).filter((name) => runsIn(join(reports, name)).length > 0);
}
