import { DrillError } from '../../core/errors.ts';
import type { PathSegments } from '../../pgbackrest/path-segments.ts';
import type { PgBackRest } from '../../pgbackrest/pgbackrest.ts';
import type { PostgresBinaries } from '../../postgres/binaries.ts';
import type { Lsn } from '../../postgres/lsn.ts';
import { complaintIn, recordAt } from '../../postgres/waldump.ts';

interface ArchiveEnd {
  readonly pgbackrest: PgBackRest;
  readonly repo: number;
  readonly binaries: PostgresBinaries;
  /** The restored cluster: archive-get wants a pg_control with the system identifier of the archive. */
  readonly dataDirectory: string;
  /** The segments that recovery reads, in order. */
  readonly segments: PathSegments;
  /** Where a few segments are put; emptied again. */
  readonly directory: string;
  readonly signal: AbortSignal;
}

/** Where the records of an archive end. */
export interface LastRecord {
  /** Where the last record begins that is whole. It has been replayed when the last replayed position lies behind that. */
  readonly lsn: Lsn;
  /** Why what comes after it cannot be read; null: the archive goes no further, or holds the beginning of a record alone. */
  readonly damage: string | null;
}

/**
 * The last whole record of the archive, read with pg_waldump from segments that are fetched for this; null when no record
 * begins in any of them. A segment is archived when it is full, or after a record SWITCH that takes the rest of it: whatever
 * else ends the records in the last one is damage. Only the last segments are fetched: a record has at most 1 GB.
 */
export async function lastArchivedRecord(end: ArchiveEnd): Promise<LastRecord | null> {
  const { segments, directory, pgbackrest } = end;
  const last = segments.at(-1);
  if (last === undefined) return null;
  await pgbackrest.host.makeDirectory(directory);
  try {
    // The last segment may hold nothing but the rest of a record that begins in one before it.
    for (let index = segments.length - 1; index >= 0; index -= 1) {
      const first = segments.at(index) ?? last;
      await fetch(end, first);
      const found = await lastRecord(end, first, last);
      if (found !== null) return found;
    }
    return null;
  } finally {
    await pgbackrest.host.remove(directory);
  }
}

async function fetch(
  { pgbackrest, repo, dataDirectory, directory, signal }: ArchiveEnd,
  segment: string,
): Promise<void> {
  // By itself, and not from the queue that an asynchronous archive-get has filled for the server.
  const options = [`--repo=${repo}`, `--pg1-path=${dataDirectory}`, '--no-archive-async'];
  await pgbackrest.read('archive-get', options, [segment, `${directory}/${segment}`], { signal });
}

async function lastRecord(
  { pgbackrest, binaries, directory, signal }: ArchiveEnd,
  first: string,
  last: string,
): Promise<LastRecord | null> {
  let lsn: Lsn | null = null;
  let error = '';
  const argv = [`${binaries.directory}/pg_waldump`, `--path=${directory}`, first, last];
  const result = await pgbackrest.host.run(argv, {
    signal,
    env: { LC_ALL: 'C' },
    onLine: (line, stream) => {
      if (stream === 'out') lsn = recordAt(line) ?? lsn;
      else error = complaintIn(line);
    },
  });
  if (result.exitCode === null) throw new DrillError('process-killed', 'pg_waldump was killed');
  // It ends with 0 at the end of the last segment, also within a record that goes on behind it (15).
  return lsn === null ? null : { lsn, damage: result.exitCode === 0 ? null : error };
}
