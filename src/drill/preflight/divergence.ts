import { join } from 'node:path';
import type { Host } from '../../host/host.ts';
import type { ArchiveListing } from '../../pgbackrest/archive.ts';
import type { ProductionSeen } from './production.ts';

/** A segment that production has under the name of an archived one, with other content. */
export interface Divergence {
  /** The data directory of production. */
  readonly path: string;
  readonly segment: string;
}

/** Enough to hash in a second: production may keep thousands, and a divergence shows in the oldest that waits and in the newest. */
const COMPARED_AT_EACH_END = 4;
const BYTES_AT_EACH_END = 64 * 1024 ** 2;

/**
 * Where production and the archive have parted on one timeline: production was set back (a snapshot of its disk), or
 * another server archived in its name. pgBackRest then refuses to archive (2.45: `[045]: WAL file '…' already exists in the
 * repo1 archive with a different checksum`), and the archive leads to a state that production has left. An archived segment
 * never changes, so each that production still has must be the same. It may have a name of the archive and be unfinished
 * only where it runs: a directory that was left behind by a move ends within a segment that was finished elsewhere. The
 * listing must be older than this look. Null: nothing parts them, as far as that can be read.
 */
export async function findDivergence(
  host: Host,
  productions: readonly ProductionSeen[],
  { segments }: Pick<ArchiveListing, 'segments'>,
  segmentBytes: number,
): Promise<Divergence | null> {
  for (const { path, timeline, isRunning } of productions) {
    const wal = join(path, 'pg_wal');
    const [names, status] = await Promise.all([host.list(wal), host.list(join(wal, 'archive_status'))]);
    const finished = new Set((status ?? []).map((name) => name.replace(/\.(ready|done)$/, '')));
    const own = timeline.toString(16).toUpperCase().padStart(8, '0');
    const both = (names ?? [])
      .filter((name) => /^[0-9A-F]{24}$/.test(name) && name.startsWith(own) && segments.has(name))
      .filter((name) => isRunning || finished.has(name))
      .toSorted();
    const most = Math.max(1, Math.min(COMPARED_AT_EACH_END, Math.floor(BYTES_AT_EACH_END / segmentBytes)));
    const compared = [...new Set([...both.slice(0, most), ...both.slice(-most)])];
    const differing = async (some: readonly string[]): Promise<string[]> => {
      const hashes = await sha1Of(host, wal, some);
      return some.filter((name) => {
        const hash = hashes.get(name);
        return hash !== undefined && !(segments.get(name) ?? []).some(({ sha1 }) => sha1 === hash);
      });
    };
    // Production may have reused a file under another name while it was read: at the second look the old name is gone.
    const [segment] = await differing(await differing(compared));
    if (segment !== undefined) return { path, segment };
  }
  return null;
}

/** The SHA-1 of some segments in a directory. A file that has been removed since, or may not be read, has none. */
export async function sha1Of(host: Host, wal: string, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (names.length === 0) return new Map();
  const files = names.map((name) => join(wal, name));
  const { stdout } = await host.run(['sha1sum', '--', ...files], { reads: files });
  return new Map(
    [...stdout.matchAll(/^([0-9a-f]{40}) .*\/([0-9A-F]{24})$/gm)].map(([, sha1 = '', name = '']) => [name, sha1]),
  );
}
