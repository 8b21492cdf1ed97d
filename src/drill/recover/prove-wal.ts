import { DrillError } from '../../core/errors.ts';
import { listArchive } from '../../pgbackrest/archive.ts';
import { unprovenSegments, type FeedJournal, type UnprovenSegment, type WalFeed } from '../../pgbackrest/wal-feed.ts';
import type { Lsn } from '../../postgres/lsn.ts';
import type { RecoveryFacts } from '../../postgres/recovery-log.ts';
import { parseSegmentName } from '../../postgres/wal-segment.ts';
import type { ReasonReport } from '../../report/report.ts';
import type { Preflight } from '../preflight/preflight.ts';
import { refusedFile } from './recovery-failure.ts';
import type { Recovered } from './recovered.ts';

interface Delivered {
  readonly feed: WalFeed;
  readonly ready: Preflight;
  readonly recovered: Pick<Recovered, 'log' | 'replayedTo'>;
  readonly signal: AbortSignal;
}

/**
 * Every segment up to the stop must have been delivered as the archive holds it under its name, those archived since the
 * run began included. Gives warnings about segments behind the stop, which PostgreSQL 15 and newer read ahead.
 */
export async function proveWal({ feed, ready, recovered, signal }: Delivered): Promise<ReasonReport[]> {
  const journal = await feed.settledJournal();
  const { segmentBytes } = ready.archive;
  const until = neededUntil(recovered.log.facts, recovered.replayedTo);
  const behind = (name: string): boolean => isBehind(name, until, segmentBytes);
  const { refused } = journal;
  if (refused && !behind(refused.file)) throw refusedFile(refused, null);
  const unproven = await unprovenNow(journal, ready, signal);
  const needed = unproven.find(({ name }) => !behind(name));
  if (needed !== undefined) throw unprovenWal(needed);
  const rest = unproven.filter(({ name }) => name !== refused?.file);
  const said = refused ? [{ name: refused.file, text: `was refused: ${refused.text}` }, ...rest] : rest;
  return said.map(({ name, text }) => ({
    code: 'wal-behind-target',
    message: `WAL segment ${name}, behind the target, ${text}`,
    phase: 'recover',
    hint: 'the target was reached without it; later points cannot be recovered until an unharmed copy of it is back',
  }));
}

/** All that was delivered so far must be as the archive holds it: at a position where replay is held, nothing behind it was. */
export async function proveDelivered({ feed, ready, signal }: Omit<Delivered, 'recovered'>): Promise<void> {
  const journal = await feed.settledJournal();
  if (journal.refused) throw refusedFile(journal.refused, null);
  const [unproven] = await unprovenNow(journal, ready, signal);
  if (unproven !== undefined) throw unprovenWal(unproven);
}

/** The archive is listed again only when it has to be: it knows by now what was archived during the run. */
async function unprovenNow(journal: FeedJournal, ready: Preflight, signal: AbortSignal): Promise<UnprovenSegment[]> {
  const { listing } = ready.archive;
  if (unprovenSegments(journal, listing).length === 0) return [];
  const wanted = (name: string): boolean => journal.delivered.has(name);
  const now = await listArchive(ready.pgbackrest, ready.backup.repo, listing.archiveId, signal, wanted);
  return unprovenSegments(journal, now);
}

function unprovenWal({ name, code, text }: UnprovenSegment): DrillError {
  return new DrillError(code, `WAL segment ${name} ${text}`, {
    hint: 'look for an unharmed copy of the segment; until it is back only earlier points can be recovered',
    walFile: name,
  });
}

/**
 * The position up to which the WAL bears on the result: what was replayed, and the record at which PostgreSQL stopped
 * (`redo done at` names where the record begins that was read last, replayed or not). Null without a stop: all of it.
 */
export function neededUntil({ stop, redoDoneLsn }: RecoveryFacts, replayedTo: Lsn): Lsn | null {
  if (stop === null || redoDoneLsn === null) return null;
  return redoDoneLsn >= replayedTo ? redoDoneLsn + 1n : replayedTo;
}

/** Whether a segment begins at or behind a position; a file that is no segment never does. */
export function isBehind(name: string, until: Lsn | null, segmentBytes: number): boolean {
  const segment = parseSegmentName(name, segmentBytes);
  return until !== null && segment !== null && segment.number * BigInt(segmentBytes) >= until;
}
