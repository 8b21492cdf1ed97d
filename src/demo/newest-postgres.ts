import { DrillError } from '../core/errors.ts';
import type { Host } from '../host/host.ts';
import { configuredMajor, findPostgres, OLDEST_MAJOR, type PostgresBinaries } from '../postgres/binaries.ts';

/** The newest PostgreSQL that is installed here. */
export async function newestPostgres(host: Host): Promise<PostgresBinaries> {
  const packaged = (await host.list('/usr/lib/postgresql')) ?? [];
  const majors = [...packaged, await configuredMajor(host)].map(Number).filter((major) => major >= OLDEST_MAJOR);
  for (const major of majors.toSorted((a, b) => b - a)) {
    const binaries = await findPostgres(host, major).catch(() => null);
    if (binaries) return binaries;
  }
  throw new DrillError('tool-missing', 'no PostgreSQL server is installed here', {
    hint: 'install it (Debian, Ubuntu: apt-get install postgresql)',
  });
}
