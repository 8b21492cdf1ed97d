import { formatBytes } from '../../core/bytes.ts';
import { formatInstant, millisecondsBetween, type Instant } from '../../core/instant.ts';
import { formatLsn } from '../../postgres/lsn.ts';
import type { DrillReport } from '../../report/report.ts';
import type { Preflight } from '../preflight/preflight.ts';
import type { RecoveryEvidence } from '../../targets/evidence.ts';
import { proveShutDown } from '../preflight/offline.ts';
import { proveTarget } from '../recover/proof.ts';
import type { Recovered } from '../recover/recovered.ts';
import { kindOf } from '../../targets/index.ts';

/** What is read of a recovery. */
type Described = Pick<
  Recovered,
  'log' | 'journal' | 'replayedTo' | 'timeline' | 'lastCommitAt' | 'acceptedAt' | 'restored'
> &
  Pick<RecoveryEvidence, 'rungs'>;

/** What the log and the journal tell of a recovery: all but how it was to be done. */
type DescribedRecovery = Omit<NonNullable<DrillReport['recovery']>, 'walFetch' | 'otherWalFetch'>;

/** Runs the proof and puts what is known of the recovery into the form of the report. */
export function describeRecovery(recovered: Described, ready: Preflight): DescribedRecovery {
  const { log, journal, replayedTo, timeline } = recovered;
  const { facts } = log;
  const { segmentBytes, path, spans } = ready.archive;
  const { staysInRecovery: standby, isClimbed } = kindOf(ready.target);
  const lastExpected = path.segments.at(-1) ?? '';
  const { target, targetLsn, backup } = ready;
  const backupStop = backup.lsnStop;
  const archive = { lastExpected, segmentBytes, spans };
  const proof =
    backup.walStart === null
      ? proveShutDown(recovered)
      : proveTarget({ target, targetLsn, backupStop, facts, journal, replayedTo, rungs: recovered.rungs, ...archive });
  const walBytes = journal.delivered.size * segmentBytes;
  // A standby logs no last transaction, since its recovery does not end.
  const lastCommitAt = facts.lastCommitAt ?? recovered.lastCommitAt;
  // What was asked on the way is no part of the replay, and lies within its time.
  const replayMs = isClimbed ? null : span(facts.redoStartedAt, standby ? recovered.acceptedAt : facts.redoDoneAt);
  return {
    reached: true,
    proof,
    state: standby ? 'standby' : 'read-write',
    lastCommitAt: lastCommitAt === null ? null : formatInstant(lastCommitAt),
    lastReplayedLsn: replayedTo === 0n ? null : formatLsn(replayedTo),
    timeline: facts.newTimeline ?? timeline,
    stoppedBefore: facts.stop?.text ?? null,
    walSegments: journal.delivered.size,
    walBytes,
    walBytesPerSecond: replayMs === null || replayMs === 0 ? null : Math.round((walBytes / replayMs) * 1000),
    consistentMs: span(facts.startedAt, facts.consistentAt),
    replayMs,
    checkpointMs: span(facts.completeAt, facts.readyAt),
    promotedAt: facts.readyAt === null ? null : formatInstant(facts.readyAt),
  };
}

/** What a recovery has done, in a line. */
export function recoverySummary({ walBytes, walBytesPerSecond }: DescribedRecovery): string {
  const speed = walBytesPerSecond === null ? '' : ` at ${formatBytes(walBytesPerSecond)}/s`;
  return walBytes === null ? 'no WAL' : `${formatBytes(walBytes)} of WAL${speed}`;
}

function span(from: Instant | null, to: Instant | null): number | null {
  return from === null || to === null ? null : millisecondsBetween(from, to);
}
