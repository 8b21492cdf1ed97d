import { DrillError } from '../core/errors.ts';
import { shortened } from '../core/shortened.ts';
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
  const usual = await lookIn(host, major, usualDirectories(major));
  if (usual.found) return usual.found;
  const configured = await lookIn(host, major, await configuredDirectory(host));
  if (configured.found) return configured.found;
  const broken = usual.broken ?? configured.broken;
  if (broken !== null) {
    throw new DrillError('postgres-missing', `the backup is of PostgreSQL ${major}, and ${broken}`, {
      hint: 'install its package again, and the libraries that it needs, where the drill runs',
    });
  }
  throw new DrillError('postgres-missing', `the backup is of PostgreSQL ${major}, which is not installed here`, {
    hint: `install it (Debian, Ubuntu: apt-get install postgresql-${major})`,
  });
}

/** The version in what a program of PostgreSQL prints of itself: `postgres (PostgreSQL) 15.20 (Debian …)`; null: none. */
export function versionIn(text: string): string | null {
  return /\(PostgreSQL\) (\S+)/.exec(text)?.[1] ?? null;
}

/** The major version that pg_config tells of (`PostgreSQL 15.20 (Debian …)`); null: there is none. */
export async function configuredMajor(host: Host): Promise<number | null> {
  const config = await host.run(['pg_config', '--version']).catch(() => null);
  const major = /\d+/.exec(config?.stdout ?? '')?.[0];
  return major === undefined ? null : Number(major);
}

/** Each directory that has what a drill needs, and what its `postgres --version` prints. One program asks for all of them. */
const ASK =
  'for directory; do [ -x "$directory/postgres" ] && [ -x "$directory/pg_controldata" ] || continue; printf "%s\\n" "$directory"; "$directory/postgres" --version; done; true';

interface Looked {
  readonly found: PostgresBinaries | null;
  /** A PostgreSQL that is there and does not run, and what it says; null: none. */
  readonly broken: string | null;
}

async function lookIn(host: Host, major: number, directories: readonly string[]): Promise<Looked> {
  if (directories.length === 0) return { found: null, broken: null };
  const { stdout, stderr } = await host.run(['sh', '-c', ASK, 'sh', ...directories]);
  let directory = '';
  let silent: string | null = null;
  for (const line of stdout.split('\n')) {
    const version = /^postgres \(PostgreSQL\) (\d.*)$/.exec(line)?.[1]?.trim();
    if (version !== undefined && Number.parseInt(version, 10) === major)
      return { found: { directory, major, version }, broken: null };
    // A line with a version answers the directory before it.
    if (version === undefined && directory !== '') silent ??= directory;
    directory = version === undefined ? line : '';
  }
  const said = shortened(stderr.trim(), LONGEST_WORDS);
  return { found: null, broken: silent === null ? null : `the one in ${silent} does not run: ${said}` };
}

const LONGEST_WORDS = 300;

async function configuredDirectory(host: Host): Promise<string[]> {
  const config = await host.run(['pg_config', '--bindir']).catch(() => null);
  return config?.exitCode === 0 ? [config.stdout.trim()] : [];
}

function usualDirectories(major: number): string[] {
  return [
    `/usr/lib/postgresql/${major}/bin`,
    `/usr/pgsql-${major}/bin`,
    '/usr/local/pgsql/bin',
    '/usr/local/bin',
    '/usr/bin',
  ];
}
