import { setTimeout as delay } from 'node:timers/promises';
import type { Endpoint } from '../core/endpoint.ts';
import { DrillError } from '../core/errors.ts';
import type { WalFeed } from '../pgbackrest/wal-feed.ts';
import { Database } from '../postgres/database.ts';
import { parseLsn } from '../postgres/lsn.ts';
import type { RecoveryLog } from '../postgres/recovery-log.ts';
import { parseSegmentName } from '../postgres/wal-segment.ts';
import type { ArchiveState } from './archive-state.ts';

interface StandbyInput {
  readonly endpoint: Endpoint;
  readonly feed: WalFeed;
  readonly archive: ArchiveState;
  readonly log: RecoveryLog;
  /** Settles when the server ends. */
  readonly exited: Promise<unknown>;
  readonly signal: AbortSignal;
}

/**
 * Waits until a standby has replayed what the archive held: it has asked for the segment after the last one in vain, and
 * its replay stands still in or after the last one.
 */
export async function untilCaughtUp({ endpoint, feed, archive, log, exited, signal }: StandbyInput): Promise<void> {
  const { path, segmentBytes } = archive;
  const last = parseSegmentName(path.segments.at(-1) ?? '', segmentBytes)?.number ?? 0n;
  const ended = AbortSignal.any([signal, abortedBy(exited)]);
  await using database = await Database.connectForUs(endpoint);
  for (let before = -1n; !ended.aborted;) {
    const [row] = await database.rows("select coalesce(pg_last_wal_replay_lsn(), '0/0')");
    const now = parseLsn(row?.[0] ?? '') ?? 0n;
    const { notFound, refused } = await feed.journal();
    const askedForMore = [...notFound].some((file) => (parseSegmentName(file, segmentBytes)?.number ?? -1n) > last);
    if (refused || log.facts.paused || log.facts.fatal.length > 0)
      throw new DrillError('recovery-failed', 'the standby stopped on its way');
    if (now === before && now > last * BigInt(segmentBytes) && askedForMore) return;
    before = now;
    await delay(200);
  }
  throw new DrillError('recovery-failed', 'the standby ended on its way');
}

function abortedBy(settled: Promise<unknown>): AbortSignal {
  const controller = new AbortController();
  void settled.then(() => controller.abort());
  return controller.signal;
}
