import type { BackupSet } from './info.ts';
import type { PgBackRest } from './pgbackrest.ts';

/** What is fetched of a backup set, and where to. */
export interface CatalogsOptions {
  readonly pgbackrest: PgBackRest;
  readonly backup: BackupSet;
  /** The databases of the set, as `info --set` names them. */
  readonly databases: readonly { readonly name: string }[];
  /** Becomes the data directory. */
  readonly cluster: string;
  readonly tablespaces: string;
  readonly signal: AbortSignal;
}

/**
 * Restores a backup set without the content of the databases that users made: shared catalogs, pg_control and the configuration that
 * lies in the data directory. Excluded databases come as sparse files of zeroes, those of initdb as they are (some 22 MB), so no
 * server is to be started on it. It works for every kind of repository, encrypted and bundled ones included (2.45 to 2.60).
 */
export async function restoreCatalogs(options: CatalogsOptions): Promise<void> {
  await restore(
    options,
    options.databases.map(({ name }) => `--db-exclude=${name}`),
  );
}

/**
 * Fetches those files of the same that somebody has removed since {@link restoreCatalogs}, and nothing else: `--delta --force` goes by
 * size and time, which files of zeroes have of the backup set as well (restore/file.c, 2.45 to 2.60).
 */
export async function fetchRemoved(options: CatalogsOptions): Promise<void> {
  await restore(options, ['--delta', '--force']);
}

async function restore(options: CatalogsOptions, more: readonly string[]): Promise<void> {
  const { pgbackrest, backup, cluster, tablespaces, signal } = options;
  await pgbackrest.read(
    'restore',
    [
      `--repo=${backup.repo}`,
      `--set=${backup.label}`,
      `--pg1-path=${cluster}`,
      '--type=none',
      '--archive-mode=off',
      `--tablespace-map-all=${tablespaces}`,
      ...more,
    ],
    [],
    { signal },
  );
}
