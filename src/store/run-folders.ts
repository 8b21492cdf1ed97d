import { existsSync, readdirSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { DrillError, errorCode } from '../core/errors.ts';

/** The names of the directories in a directory, but for hidden ones. One that is not there has none. Throws `not-found`. */
function directoriesIn(path: string): string[] {
  if (!existsSync(path)) return [];
  const entries = entriesIn(path);
  return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name);
}

function entriesIn(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    const code = errorCode(error);
    if (code !== 'EACCES' && code !== 'EPERM') throw error;
    throw new DrillError('not-found', `the reports in ${path} cannot be read: this user may not`, {
      hint: 'reports belong to the user who runs the drills: read them as that user, or as root',
      cause: error,
    });
  }
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
