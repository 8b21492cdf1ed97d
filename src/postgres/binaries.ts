import { DrillError } from '../core/errors.ts';
import type { Host } from '../host/host.ts';

/** The programs of one PostgreSQL installation. */
export interface PostgresBinaries {
  readonly directory: string;
  readonly major: number;
  /** As `postgres --version` prints it: `15.20 (Debian 15.20-0+deb12u1)`. */
  readonly version: string;
}

/** PostgreSQL 12 brought recovery.signal; before it pgBackRest refuses `--archive-mode=off`, without which no drill is safe. */
export const OLDEST_MAJOR = 12;

/** Finds PostgreSQL of a major version where the packages of Debian, PGDG and a build from source put it. */
export async function findPostgres(host: Host, major: number): Promise<PostgresBinaries> {
  if (major < OLDEST_MAJOR) {
    throw new DrillError(
      'version-unsupported',
      `the backup is of PostgreSQL ${major}; drills work from ${OLDEST_MAJOR} on`,
    );
  }
  const found =
    (await firstOf(host, major, await usualDirectories(host, major))) ??
    (await firstOf(host, major, await configuredDirectory(host)));
  if (found) return found;
  throw new DrillError('postgres-missing', `the backup is of PostgreSQL ${major}, which is not installed here`, {
    hint: `install it (Debian, Ubuntu: apt-get install postgresql-${major})`,
  });
}

async function firstOf(host: Host, major: number, directories: readonly string[]): Promise<PostgresBinaries | null> {
  for (const directory of directories) {
    const version = await versionIn(host, directory);
    if (version !== null && Number.parseInt(version, 10) === major) return { directory, major, version };
  }
  return null;
}

async function configuredDirectory(host: Host): Promise<string[]> {
  const config = await host.run(['pg_config', '--bindir']).catch(() => null);
  return config?.exitCode === 0 ? [config.stdout.trim()] : [];
}

async function usualDirectories(host: Host, major: number): Promise<string[]> {
  const usual = [
    `/usr/lib/postgresql/${major}/bin`,
    `/usr/pgsql-${major}/bin`,
    '/usr/local/pgsql/bin',
    '/usr/local/bin',
    '/usr/bin',
  ];
  const present = await Promise.all(usual.map(async (path) => ({ path, names: await host.list(path) })));
  return present
    .filter(({ names }) => names?.includes('postgres') && names.includes('pg_controldata'))
    .map(({ path }) => path);
}

async function versionIn(host: Host, directory: string): Promise<string | null> {
  const result = await host.run([`${directory}/postgres`, '--version']);
  return /^postgres \(PostgreSQL\) (\d.*)$/m.exec(result.stdout)?.[1]?.trim() ?? null;
}
