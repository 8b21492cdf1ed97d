import { dirname, join } from 'node:path';
import type { Host } from '../host/host.ts';
import type { PostgresBinaries } from './binaries.ts';

/** What an installation of PostgreSQL has besides its programs. */
export interface Installation {
  /** Libraries by the names that `shared_preload_libraries` has; null: their directory is not known. */
  readonly libraries: ReadonlySet<string> | null;
  /** Extensions that can be created; null: their directory is not known. */
  readonly extensions: ReadonlySet<string> | null;
  /** Whether it knows collations of ICU; null: it does not tell. */
  readonly hasIcu: boolean | null;
}

/** Both are in every installation of 12 to 18, so a directory without them is another one. */
const USUAL = 'plpgsql';

/** Looks at an installation. pg_config is in a package of its own on some systems, so the usual directories are tried as well. */
export async function readInstallation(
  host: Host,
  { directory, major }: Pick<PostgresBinaries, 'directory' | 'major'>,
): Promise<Installation> {
  const config = await askConfig(host, directory);
  const [libraries, extensions] = await Promise.all([
    namesIn(host, [config?.libraries, join(dirname(directory), 'lib'), '/usr/local/lib/postgresql'], '.so'),
    namesIn(host, [config?.share, ...usualShares(directory, major)].map(extensionsOf), '.control'),
  ]);
  return { libraries, extensions, hasIcu: config === null ? null : hasIcu(config.options, major) };
}

/** The version of the C library, which is that of its collations: `glibc 2.36`; null: it is another one. */
export async function libcVersion(host: Host): Promise<string | null> {
  const asked = await host.run(['getconf', 'GNU_LIBC_VERSION']).catch(() => null);
  return /^glibc (\S+)$/m.exec(asked?.stdout ?? '')?.[1] ?? null;
}

interface Config {
  readonly libraries: string | undefined;
  readonly share: string | undefined;
  readonly options: string;
}

async function askConfig(host: Host, directory: string): Promise<Config | null> {
  const words = [`${directory}/pg_config`, '--pkglibdir', '--sharedir', '--configure'];
  const asked = await host.run(words).catch(() => null);
  if (asked?.exitCode !== 0) return null;
  const [libraries, share, options = ''] = asked.stdout.split('\n');
  return { libraries, share, options };
}

/** From 16 on it is built in unless it is left out. */
function hasIcu(options: string, major: number): boolean {
  return major >= 16 ? !options.includes('--without-icu') : options.includes('--with-icu');
}

function usualShares(directory: string, major: number): string[] {
  const above = dirname(directory);
  return [
    `/usr/share/postgresql/${major}`,
    `${above}/share`,
    `${above}/share/postgresql`,
    '/usr/local/share/postgresql',
    '/usr/share/pgsql',
  ];
}

function extensionsOf(share: string | undefined): string | undefined {
  return share === undefined ? undefined : `${share}/extension`;
}

/** The files with an ending in the first directory that has the usual one. */
async function namesIn(
  host: Host,
  directories: readonly (string | undefined)[],
  ending: string,
): Promise<ReadonlySet<string> | null> {
  for (const path of directories) {
    const files = path === undefined ? null : await host.list(path).catch(() => null);
    if (files?.includes(`${USUAL}${ending}`) !== true) continue;
    return new Set(files.filter((name) => name.endsWith(ending)).map((name) => name.slice(0, -ending.length)));
  }
  return null;
}
