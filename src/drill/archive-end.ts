import { DrillError } from '../core/errors.ts';
import type { PgBackRest } from '../pgbackrest/pgbackrest.ts';
import type { PostgresBinaries } from '../postgres/binaries.ts';
import { parseLsn, type Lsn } from '../postgres/lsn.ts';

interface ArchiveEnd {
  readonly pgbackrest: PgBackRest;
  readonly repo: number;
  readonly binaries: PostgresBinaries;
  /** The restored cluster: archive-get wants a pg_control with the system identifier of the archive. */
  readonly dataDirectory: string;
  /** The segments that recovery reads, in order. */
  readonly segments: readonly string[];
  /** Where a few segments are put; emptied again. */
  readonly directory: string;
  readonly signal: AbortSignal;
}

/**
 * The LSN at which the last whole record of the archive begins, read with pg_waldump from segments that are fetched for
 * this; null when no record begins in any of them. It has been replayed when the last replayed position lies behind it:
 * that is the end of a record (pg_last_wal_replay_lsn). A record that the archive holds the beginning of alone does not
 * count. Only the last segments are fetched: a record has at most 1 GB.
 */
export async function lastArchivedRecord(end: ArchiveEnd): Promise<Lsn | null> {
  const { segments, directory, pgbackrest } = end;
  const last = segments.at(-1);
  if (last === undefined) return null;
  await pgbackrest.host.makeDirectory(directory);
  try {
    // The last segment may hold nothing but the rest of a record that begins in one before it.
    for (let index = segments.length - 1; index >= 0; index -= 1) {
      const first = segments[index] ?? last;
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
): Promise<Lsn | null> {
  let found: Lsn | null = null;
  const argv = [`${binaries.directory}/pg_waldump`, `--path=${directory}`, first, last];
  const result = await pgbackrest.host.run(argv, {
    signal,
    offline: true,
    onLine: (line, stream) => {
      // "rmgr: XLOG  len (rec/tot): 24/ 24, tx: 0, lsn: 0/05000028, prev 0/04FFFFF8, desc: SWITCH" (12 to 18)
      const lsn = stream === 'out' ? /^rmgr: .*?, lsn: ([0-9A-F]+\/[0-9A-F]+), /.exec(line)?.[1] : undefined;
      if (lsn !== undefined) found = parseLsn(lsn);
    },
  });
  // It ends with an error where the WAL ends, as it does here.
  if (result.exitCode === null) throw new DrillError('process-killed', 'pg_waldump was killed');
  return found;
}
