import type { Host } from '../host/host.ts';
import type { RunPaths } from '../host/run-paths.ts';

/**
 * Files by one of which pgBackRest's restore with --delta takes a directory for one of PostgreSQL's. Without either it
 * restores as if --delta were not there, into an empty directory only (2.45: `[040]: unable to restore to path '…' because
 * it contains files`). A restore writes the manifest first, and PG_VERSION some time later.
 */
const RECOGNISED = ['PG_VERSION', 'backup.manifest'];

/**
 * Whether the data that an earlier run left can be restored onto. However that run ended, a restore can begin after this:
 * data that pgBackRest would not take is removed, and so is what says that a server runs there (2.45: `[038]: unable to
 * restore while PostgreSQL is running`). Nothing may run there any more. `host`: who may look into the directories, and
 * remove what is in them.
 */
export async function takeKeptData(
  host: Pick<Host, 'list' | 'remove'>,
  { data, tablespaces }: Pick<RunPaths, 'data' | 'tablespaces'>,
): Promise<boolean> {
  const names = (await host.list(data)) ?? [];
  if (RECOGNISED.some((name) => names.includes(name))) {
    if (names.includes('postmaster.pid')) await host.remove(`${data}/postmaster.pid`);
    return true;
  }
  const others = (await host.list(tablespaces)) ?? [];
  for (const path of [...names.map((name) => `${data}/${name}`), ...others.map((name) => `${tablespaces}/${name}`)])
    await host.remove(path);
  return false;
}
