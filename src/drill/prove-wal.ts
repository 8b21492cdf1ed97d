import { DrillError } from '../core/errors.ts';
import { listArchive } from '../pgbackrest/archive.ts';
import { unprovenSegment, type WalFeed } from '../pgbackrest/wal-feed.ts';
import type { Preflight } from './preflight.ts';
import { refusedFile } from './recovery-failure.ts';

/** Every delivered segment must be what the archive holds under its name, those archived since the run began included. */
export async function proveWal(feed: WalFeed, ready: Preflight, signal: AbortSignal): Promise<void> {
  const journal = await feed.settledJournal();
  if (journal.refused) throw refusedFile(journal.refused, null);
  const { listing } = ready.archive;
  if (unprovenSegment(journal, listing) === null) return;
  const wanted = (name: string): boolean => journal.delivered.has(name);
  const now = await listArchive(ready.pgbackrest, ready.backup.repo, listing.archiveId, signal, wanted);
  const bad = unprovenSegment(journal, now);
  if (bad === null) return;
  const code = bad.altered ? 'wal-checksum-mismatch' : 'wal-unverified';
  const fault = bad.altered
    ? 'is not what its name in the archive says'
    : 'was replayed, but its checksum is not known';
  throw new DrillError(code, `WAL segment ${bad.name} ${fault}`, {
    hint: 'look for an unharmed copy of the segment; until it is back only earlier points can be recovered',
  });
}
