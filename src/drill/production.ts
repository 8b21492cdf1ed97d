import { join } from 'node:path';
import type { Host } from '../host/host.ts';
import type { PostgresBinaries } from '../postgres/binaries.ts';
import { readControlData } from '../postgres/control-data.ts';
import { parseSegmentName, segmentName } from '../postgres/wal-segment.ts';

interface ProductionInput {
  readonly host: Host;
  readonly binaries: PostgresBinaries;
  /** Only a cluster of this identifier is the one that the backups are of. */
  readonly systemId: string;
  readonly segmentBytes: number;
  readonly dataDirectories: readonly string[];
}

/**
 * The newest segment that a production on this machine has archived, or null when there is none to be seen. Nothing else
 * shows WAL that is missing at the end of the archive. Only pg_control and the names in pg_wal are read.
 */
export async function newestArchivedByProduction(input: ProductionInput): Promise<string | null> {
  const newest = await Promise.all(
    input.dataDirectories.map((path) => newestArchivedBy(path, input).catch(() => null)),
  );
  return (
    newest
      .filter((name) => name !== null)
      .toSorted()
      .at(-1) ?? null
  );
}

/**
 * PostgreSQL renames NAME.ready to NAME.done once its archive_command succeeded, and removes or recycles a segment only
 * after that: so a segment before the redo point of the latest checkpoint that is no longer in pg_wal was archived too.
 */
async function newestArchivedBy(
  path: string,
  { host, binaries, systemId, segmentBytes }: ProductionInput,
): Promise<string | null> {
  const control = await readControlData(host, binaries, path);
  const redo = parseSegmentName(control.redoSegment, segmentBytes);
  if (control.systemId !== systemId || redo === null) return null;
  const wal = (await host.list(join(path, 'pg_wal'))) ?? [];
  const status = (await host.list(join(path, 'pg_wal', 'archive_status'))) ?? [];
  const done = status.flatMap((name) => /^([0-9A-F]{24})\.done$/.exec(name)?.[1] ?? []);
  const beforeRedo = segmentName({ ...redo, number: redo.number - 1n }, segmentBytes);
  const recycled = redo.number > 0n && wal.length > 0 && !wal.includes(beforeRedo) ? [beforeRedo] : [];
  return [...done, ...recycled].toSorted().at(-1) ?? null;
}
