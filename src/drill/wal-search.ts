import { DrillError } from '../core/errors.ts';
import { readDatabases, type BackupSet } from '../pgbackrest/info.ts';
import type { PgBackRest } from '../pgbackrest/pgbackrest.ts';
import type { PostgresBinaries } from '../postgres/binaries.ts';
import { parseLsn, type Lsn } from '../postgres/lsn.ts';

interface WalSearch {
  readonly pgbackrest: PgBackRest;
  /** Any backup set of the same cluster. */
  readonly backup: BackupSet;
  readonly binaries: PostgresBinaries;
  /** Segments in order, from the oldest that may hold the target. */
  readonly segments: readonly string[];
  /** Where the segments are put, a few at a time; emptied again. */
  readonly directory: string;
  readonly what: { readonly xid: string } | { readonly name: string };
  readonly signal: AbortSignal;
  readonly onProgress: (fraction: number) => void;
}

const CHUNK = 16;

/**
 * The LSN of the commit of a transaction, or of a restore point, found by reading the archived WAL with pg_waldump, or
 * null. PostgreSQL stops at the first match after the backup, so the newest match decides which backup set is right.
 * Costs a fetch of the WAL, so it is done only for these two kinds of target.
 */
export async function findInWal(search: WalSearch): Promise<Lsn | null> {
  const { segments } = search;
  const { host } = search.pgbackrest;
  await host.makeDirectory(search.directory);
  try {
    await restoreCatalogs(search);
    return await searchChunks(search, segments);
  } finally {
    await host.remove(search.directory);
  }
}

async function searchChunks(search: WalSearch, segments: readonly string[]): Promise<Lsn | null> {
  for (let end = segments.length; end > 0; end -= CHUNK) {
    const begin = Math.max(0, end - CHUNK);
    // One segment more than the chunk: a record may lie across two.
    const chunk = segments.slice(begin, Math.min(end + 1, segments.length));
    const found = await searchChunk(search, chunk);
    if (found !== null) return found;
    search.onProgress(1 - begin / segments.length);
  }
  return null;
}

async function searchChunk(search: WalSearch, chunk: readonly string[]): Promise<Lsn | null> {
  const { pgbackrest, directory, signal } = search;
  const { host } = pgbackrest;
  const wal = `${directory}/wal`;
  const [first, last] = [chunk[0], chunk.at(-1)];
  if (first === undefined || last === undefined) return null;
  await host.makeDirectory(wal);
  try {
    for (const segment of chunk) {
      const options = [`--repo=${search.backup.repo}`, `--pg1-path=${directory}/cluster`];
      await pgbackrest.read('archive-get', options, [segment, `${wal}/${segment}`], { signal });
    }
    const filter = 'xid' in search.what ? ['--rmgr=Transaction', `--xid=${search.what.xid}`] : ['--rmgr=XLOG'];
    let found: Lsn | null = null;
    const result = await host.run(
      [`${search.binaries.directory}/pg_waldump`, ...filter, `--path=${wal}`, first, last],
      {
        signal,
        onLine: (line) => {
          found = matchRecord(line, search.what) ?? found;
        },
      },
    );
    // It ends with an error at the end of the last segment, where the next one is not there; that is expected.
    if (result.exitCode === null) throw new DrillError('process-killed', 'pg_waldump was killed');
    return found;
  } finally {
    await host.remove(wal);
  }
}

/**
 * archive-get insists on a pg_control with the system identifier of the archive (2.45: `unable to open missing file
 * '…/global/pg_control' for read`). A restore without the content of any database gives one: excluded databases come as
 * sparse files of zeroes.
 */
async function restoreCatalogs({ pgbackrest, backup, directory, signal }: WalSearch): Promise<void> {
  const databases = await readDatabases(pgbackrest, backup, signal);
  await pgbackrest.read(
    'restore',
    [
      `--repo=${backup.repo}`,
      `--set=${backup.label}`,
      `--pg1-path=${directory}/cluster`,
      '--type=none',
      '--archive-mode=off',
      `--tablespace-map-all=${directory}/tablespaces`,
      ...databases.map((name) => `--db-exclude=${name}`),
    ],
    [],
    { signal },
  );
}

/** The LSN of a line of pg_waldump when it is the record that is looked for. */
function matchRecord(line: string, what: WalSearch['what']): Lsn | null {
  const match = /\btx:\s*(\d+), lsn: ([0-9A-F]+\/[0-9A-F]+), .*?desc: (\w+) ?(.*)$/.exec(line);
  const [, xid, lsn = '', record, rest = ''] = match ?? [];
  const hit =
    'xid' in what
      ? xid === what.xid && (record === 'COMMIT' || record === 'ABORT')
      : record === 'RESTORE_POINT' && rest.trim() === what.name;
  return hit ? parseLsn(lsn) : null;
}
