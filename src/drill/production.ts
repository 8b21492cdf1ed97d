import { join } from 'node:path';
import type { Host } from '../host/host.ts';

/**
 * The newest segment that a production server on this machine has marked as archived, or null when there is none to be
 * seen. Only names are read. PostgreSQL renames NAME.ready to NAME.done once its archive_command succeeded, so a segment
 * that is marked and that the archive lacks was lost by the archive; nothing else shows WAL that is missing at its end.
 */
export async function newestArchivedByProduction(host: Host, dataDirectories: readonly string[]): Promise<string | null> {
  const names = await Promise.all(
    dataDirectories.map((path) => host.list(join(path, 'pg_wal', 'archive_status')).catch(() => null)),
  );
  const done = names.flatMap((list) => list ?? []).flatMap((name) => /^([0-9A-F]{24})\.done$/.exec(name)?.[1] ?? []);
  return done.toSorted().at(-1) ?? null;
}
