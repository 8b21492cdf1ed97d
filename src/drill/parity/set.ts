import { basename, dirname } from 'node:path';
import type { Host } from '../../host/host.ts';
import { readBytesOfAll } from '../../host/read-bytes.ts';
import { readContents, type BackupSet, type SetContents } from '../../pgbackrest/info.ts';
import { fetchRemoved, restoreCatalogs, type CatalogsOptions } from '../../pgbackrest/restore-catalogs.ts';
import { EXTENSIONS_FILE, extensionsIn, type ExtensionUse } from '../../postgres/catalog-extensions.ts';
import { readSharedCatalogs } from '../../postgres/catalog-files.ts';
import { readRestoredConf, type RestoredConf } from '../../postgres/conf-file.ts';
import { readControlData } from '../../postgres/control-data.ts';
import type { Preflight } from '../preflight/preflight.ts';
import type { Answer, SetFacts } from './facts.ts';
import { AFTER_RESTORE, type Unanswered } from './item.ts';
import { orWhy, type Asking } from './or-why.ts';
import { ONCE_THERE } from './judge-programs.ts';

/** What a backup set tells of itself. */
export interface SetLook {
  readonly contents: Answer<SetContents>;
  readonly facts: Answer<SetFacts>;
  readonly conf: Answer<RestoredConf>;
  readonly extensions: Answer<readonly ExtensionUse[]>;
}

/**
 * Fetches the catalogs and the configuration of a backup set into a directory, which is removed again, and reads them. The data of
 * users stays in the repository. With `hindrance`, the reason why nothing is to be fetched, it only asks what `info` tells.
 */
export async function lookIntoSet(
  ready: Preflight,
  { directory, hindrance }: { readonly directory: string; readonly hindrance: Unanswered | null },
  asking: Asking,
): Promise<SetLook> {
  const { pgbackrest, backup } = ready;
  const { signal } = asking;
  const contents = await orWhy(asking, AFTER_RESTORE, () => readContents(pgbackrest, backup, signal));
  if (!('is' in contents)) return { contents, ...untold(contents) };
  if (hindrance) return { contents, ...untold(hindrance) };
  const places = { cluster: `${directory}/cluster`, tablespaces: `${directory}/tablespaces` };
  const options = { pgbackrest, backup, databases: contents.is.databases, ...places, signal };
  try {
    const restored = await orWhy(asking, AFTER_RESTORE, () => restoreCatalogs(options));
    if (!('is' in restored)) return { contents, ...untold(restored) };
    const facts = await orWhy(asking, AFTER_RESTORE, () => readFacts(ready, places.cluster, asking));
    const conf = await orWhy(asking, AFTER_RESTORE, () => readRestoredConf(pgbackrest.host, places.cluster));
    const extensions = await orWhy(asking, AFTER_RESTORE, () => fetchExtensions(options, namesOf(facts)));
    return { contents, facts, conf, extensions };
  } finally {
    await pgbackrest.host.remove(directory);
  }
}

function untold(why: Unanswered): Omit<SetLook, 'contents'> {
  return { facts: why, conf: why, extensions: why };
}

async function readFacts(
  { pgbackrest, database, binaries }: Preflight,
  cluster: string,
  asking: Asking,
): Promise<SetFacts> {
  const { host } = pgbackrest;
  const major = Number.parseInt(database.version, 10);
  const { locales, collations } = await readSharedCatalogs(host, cluster, major);
  if (collations.length === 0) throw new Error('its catalog of databases cannot be read');
  const minimums: SetFacts['minimums'] =
    binaries === null
      ? { why: '', when: ONCE_THERE }
      : await orWhy(
          asking,
          AFTER_RESTORE,
          async () => (await readControlData(host, binaries, cluster)).standbyMinimums,
        );
  return { minimums, locales, collations };
}

type Names = ReadonlyMap<string, string>;

/** The databases that are looked into, by their OIDs; template0 and those that let nobody in are none. */
function namesOf(facts: Answer<SetFacts>): Names {
  if (!('is' in facts)) throw new Error(facts.why);
  return new Map(facts.is.collations.map(({ oid, database }) => [String(oid), database]));
}

async function fetchExtensions(options: CatalogsOptions, names: Names): Promise<ExtensionUse[]> {
  const { pgbackrest, backup, cluster, tablespaces } = options;
  const { host } = pgbackrest;
  const places = [`${cluster}/base`, tablespaces];
  // Where the set has no tablespace nobody has made it.
  await host.makeDirectory(tablespaces);
  await requireTimesOf(backup, host, places);
  await host.run(['find', ...places, '-type', 'f', '-name', EXTENSIONS_FILE, '-delete']);
  await fetchRemoved(options);
  return readExtensions(host, places, names);
}

/** Files of zeroes are not fetched as long as they have the times of the backup; the data of all databases may have no room here. */
async function requireTimesOf({ stoppedAt }: BackupSet, host: Host, places: readonly string[]): Promise<void> {
  const later = ['-newermt', `@${stoppedAt.getTime() / 1000}`, '-print', '-quit'];
  const { exitCode, stdout, stderr } = await host.run(['find', ...places, '-type', 'f', ...later]);
  if (exitCode !== 0) throw new Error(stderr.trim());
  if (stdout !== '') throw new Error('files of the set have times of after the backup');
}

async function readExtensions(host: Host, places: readonly string[], names: Names): Promise<ExtensionUse[]> {
  const { stdout } = await host.run(['find', ...places, '-type', 'f', '-name', EXTENSIONS_FILE]);
  const files = new Map(
    stdout.split('\n').flatMap((path): [string, string][] => {
      const database = names.get(basename(dirname(path)));
      return database === undefined ? [] : [[database, path]];
    }),
  );
  const absent = [...names.values()].filter((name) => !files.has(name));
  if (absent.length > 0) throw new Error(`those of ${absent.join(', ')} lie in another file`);
  const read = await readBytesOfAll(host, [...files.values()]);
  return [...files.keys()].flatMap((database, index) => {
    const found = extensionsIn(read[index] ?? Buffer.alloc(0), database);
    if (found.length === 0) throw new Error(`those of ${database} cannot be read`);
    return found;
  });
}
