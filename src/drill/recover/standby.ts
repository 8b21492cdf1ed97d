import { setTimeout as delay } from 'node:timers/promises';
import { DrillError } from '../../core/errors.ts';
import type { FeedJournal, WalFeed } from '../../pgbackrest/wal-feed.ts';
import { formatLsn, type Lsn } from '../../postgres/lsn.ts';
import type { RecoveryLog } from '../../postgres/recovery-log.ts';
import { replayState } from '../../postgres/replay-state.ts';
import type { Sessions } from '../../postgres/sessions.ts';
import { parseSegmentName } from '../../postgres/wal-segment.ts';
import type { Station } from '../../sandbox/sandbox.ts';
import { abortedBy } from './aborted.ts';
import { lastArchivedRecord, type LastRecord } from '../preflight/archive-end.ts';
import type { ArchiveState } from '../preflight/archive-state.ts';
import type { Settled } from '../preflight/preflight.ts';

interface StandbyInput {
  readonly station: Pick<Station, 'paths'>;
  readonly ready: Settled;
  readonly sessions: Sessions;
  readonly feed: WalFeed;
  readonly log: RecoveryLog;
  /** Settles when the server ends. */
  readonly exited: Promise<unknown>;
  readonly signal: AbortSignal;
}

/**
 * A standby asks the archive again every 5 s (wal_retrieve_retry_interval); after two rounds without an answer nothing will
 * come.
 */
const STANDS_STILL_MS = 12_000;
const LOOK_EVERY_MS = 200;

/**
 * Waits until a standby has replayed what the archive held: the last whole record of it, and it has asked for the segment
 * after the last one in vain. Throws `wal-invalid` or `target-unproven` once the server waits for WAL before that record
 * and gets no further.
 */
export async function untilCaughtUp(input: StandbyInput): Promise<void> {
  const { sessions, feed, ready, log, exited, signal } = input;
  const ended = AbortSignal.any([signal, abortedBy(exited)]);
  const lastRecord = await endOfArchive(input);
  await using database = await sessions.ours();
  let stoodStillMs = 0;
  for (let before = -1n; !ended.aborted;) {
    const { replayedTo, waits } = await replayState(database);
    const journal = await feed.journal();
    if (journal.refused || log.facts.paused || log.facts.fatal.length > 0)
      throw new DrillError('recovery-failed', 'the standby stopped on its way');
    if (lastRecord.damage === null && replayedTo > lastRecord.lsn && hasAskedForMore(journal, ready.archive)) return;
    stoodStillMs = replayedTo === before ? stoodStillMs + LOOK_EVERY_MS : 0;
    // A record may take long, and the server then does not wait for WAL.
    if (waits && stoodStillMs >= STANDS_STILL_MS) throw stoodStill(replayedTo, lastRecord, input);
    before = replayedTo;
    await delay(LOOK_EVERY_MS);
  }
  throw new DrillError('recovery-failed', 'the standby ended on its way');
}

/** The last record of the archive; at least the last segment must have been begun. */
async function endOfArchive({ station, ready, signal }: StandbyInput): Promise<LastRecord> {
  const { segments } = ready.archive.path;
  const last = parseSegmentName(segments.at(-1) ?? '', ready.archive.segmentBytes)?.number ?? 0n;
  const record = await lastArchivedRecord({
    pgbackrest: ready.pgbackrest,
    repo: ready.backup.repo,
    binaries: ready.binaries,
    dataDirectory: station.paths.data,
    segments,
    // Where the server, which is running, sees nothing.
    directory: `${station.paths.spool}/archive-end`,
    signal,
  });
  return record ?? { lsn: last * BigInt(ready.archive.segmentBytes), damage: null };
}

function hasAskedForMore({ notFound }: FeedJournal, { path, segmentBytes }: ArchiveState): boolean {
  const last = parseSegmentName(path.segments.at(-1) ?? '', segmentBytes)?.number ?? 0n;
  return [...notFound].some((file) => (parseSegmentName(file, segmentBytes)?.number ?? -1n) > last);
}

function stoodStill(replayedTo: Lsn, { lsn, damage }: LastRecord, { ready, log }: StandbyInput): DrillError {
  const last = ready.archive.path.segments.at(-1) ?? 'none';
  const where = `the standby replays no further than ${formatLsn(replayedTo)}; the archive goes to ${last}, and the last record in it that can be read is at ${formatLsn(lsn)}`;
  const why = log.facts.invalidRecord ?? damage;
  return why === null
    ? new DrillError('target-unproven', where, { hint: 'read the server log in the report folder' })
    : new DrillError('wal-invalid', `${where}: ${why}`, {
        hint: 'the segment is as it was archived, so it was damaged in production; take a new full backup',
      });
}
