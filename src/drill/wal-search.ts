import { DrillError } from '../core/errors.ts';
import type { PgBackRest } from '../pgbackrest/pgbackrest.ts';
import type { PostgresBinaries } from '../postgres/binaries.ts';
import { parseLsn, type Lsn } from '../postgres/lsn.ts';

interface WalSearch {
  readonly pgbackrest: PgBackRest;
  readonly repo: number;
  readonly binaries: PostgresBinaries;
  /** Segments in order, from the oldest that may hold the target. */
  readonly segments: readonly string[];
  /** Where the segments are put, a few at a time; emptied again. */
  readonly directory: string;
  /** A data directory path for archive-get, which insists on one; nothing need be there. */
  readonly dataDirectory: string;
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
  for (let end = segments.length; end > 0; end -= CHUNK) {
    const begin = Math.max(0, end - CHUNK);
    // One segment more than the chunk: a record may lie across two.
    const chunk = segments.slice(begin, Math.min(end + 1, segments.length));
    const found = await searchChunk(search, chunk); // oxlint-disable-line no-await-in-loop -- newest first, until found
    if (found !== null) return found;
    search.onProgress(1 - begin / segments.length);
  }
  return null;
}

async function searchChunk(search: WalSearch, chunk: readonly string[]): Promise<Lsn | null> {
  const { pgbackrest, directory, signal } = search;
  const { host } = pgbackrest;
  const [first, last] = [chunk[0], chunk.at(-1)];
  if (first === undefined || last === undefined) return null;
  await host.makeDirectory(directory);
  try {
    for (const segment of chunk) {
      const options = [`--repo=${search.repo}`, `--pg1-path=${search.dataDirectory}`];
      await pgbackrest.read('archive-get', options, [segment, `${directory}/${segment}`], { signal }); // oxlint-disable-line no-await-in-loop
    }
    const filter = 'xid' in search.what ? ['--rmgr=Transaction', `--xid=${search.what.xid}`] : ['--rmgr=XLOG'];
    let found: Lsn | null = null;
    const result = await host.run([`${search.binaries.directory}/pg_waldump`, ...filter, `--path=${directory}`, first, last], {
      signal,
      onLine: (line) => {
        found = matchRecord(line, search.what) ?? found;
      },
    });
    // It ends with an error at the end of the last segment, where the next one is not there; that is expected.
    if (result.exitCode === null) throw new DrillError('process-killed', 'pg_waldump was killed');
    return found;
  } finally {
    await host.remove(directory);
  }
}

/** The LSN of a line of pg_waldump when it is the record that is looked for. */
export function matchRecord(line: string, what: WalSearch['what']): Lsn | null {
  const match = /\btx:\s*(\d+), lsn: ([0-9A-F]+\/[0-9A-F]+), .*?desc: (\w+) ?(.*)$/.exec(line);
  const [, xid, lsn = '', record, rest = ''] = match ?? [];
  const hit =
    'xid' in what
      ? xid === what.xid && (record === 'COMMIT' || record === 'ABORT')
      : record === 'RESTORE_POINT' && rest.trim() === what.name;
  return hit ? parseLsn(lsn) : null;
}
