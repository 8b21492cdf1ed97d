import type { DrillError } from '../../core/errors.ts';
import type { WalFeed } from '../../pgbackrest/wal-feed.ts';
import type { RecoveryLog } from '../../postgres/recovery-log.ts';
import type { Server } from '../../postgres/server.ts';
import type { Settled } from '../preflight/preflight.ts';
import { recoveryFailure } from './recovery-failure.ts';

interface Failing {
  readonly ready: Settled;
  readonly feed: WalFeed;
}

/** What hashes the last segment may outlive a server that no fence holds. The largest segment, 1 GB, takes 3 s. */
const AFTER_ITS_END_MS = 5000;

/** Why a recovery went no further, once its server and its feed have said all that they say. */
export async function whyFailed(
  { ready, feed }: Failing,
  server: Server,
  follower: { stop(): Promise<void> },
  log: RecoveryLog,
): Promise<DrillError> {
  // A server that said FATAL is about to end; what it and the feed have to say comes first.
  const exit = await Promise.race([
    server.exited,
    new Promise<null>((resolve) => setTimeout(resolve, 10_000, null).unref()),
  ]);
  await follower.stop();
  const journal = await feed.settledJournal(exit === null ? undefined : AFTER_ITS_END_MS);
  const { archive, target } = ready;
  const { gap } = archive.path;
  const hit = gap !== null && journal.notFound.has(gap.firstMissing) ? gap.firstMissing : null;
  return recoveryFailure({ target, facts: log.facts, journal, exit, missing: hit, archive });
}
