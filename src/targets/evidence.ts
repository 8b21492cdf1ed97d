import type { FeedJournal } from '../pgbackrest/wal-feed.ts';
import type { TimelineSpan } from '../pgbackrest/wal-path.ts';
import type { Lsn } from '../postgres/lsn.ts';
import type { RecoveryFacts } from '../postgres/recovery-log.ts';
import { segmentName, segmentNumberAt } from '../postgres/wal-segment.ts';

/** What is known of a recovery that ended without an error. */
export interface RecoveryEvidence {
  /** Where the record of an xid or a restore point was found to begin before the restore. */
  readonly targetLsn: Lsn | null;
  /** Where the backup is consistent; null: not known. */
  readonly backupStop: Lsn | null;
  readonly facts: RecoveryFacts;
  readonly journal: FeedJournal;
  /** pg_last_wal_replay_lsn() after the end: the byte after the last replayed record. */
  readonly replayedTo: Lsn;
  /** The last segment that the archive held on the way of this recovery when the run began. */
  readonly lastExpected: string;
  readonly segmentBytes: number;
  /** Where replay was proven to stand at each of several targets; null: not proven. Left out: there is one target. */
  readonly rungs?: readonly (Lsn | null)[] | undefined;
  /** The timelines on the way, oldest first. */
  readonly spans: readonly TimelineSpan[];
}

/** Whether the segment at a position was delivered, of a timeline on the way. */
export function wasDelivered(lsn: Lsn, { journal, spans, segmentBytes }: RecoveryEvidence): boolean {
  const number = segmentNumberAt(lsn, segmentBytes);
  return spans.some(({ timeline }) => journal.delivered.has(segmentName({ timeline, number }, segmentBytes)));
}
