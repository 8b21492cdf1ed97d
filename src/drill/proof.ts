import { DrillError } from '../core/errors.ts';
import { formatInstant } from '../core/instant.ts';
import type { FeedJournal } from '../pgbackrest/wal-feed.ts';
import type { RecoveryTarget } from '../plan/drill-plan.ts';
import { formatLsn, type Lsn } from '../postgres/lsn.ts';
import type { RecoveryFacts } from '../postgres/recovery-log.ts';
import type { TimelineSpan } from '../pgbackrest/wal-path.ts';
import { parseSegmentName, segmentName, segmentNumberAt } from '../postgres/wal-segment.ts';
import { targetText } from './choose-backup.ts';

/** What is known of a recovery that ended without an error. */
export interface RecoveryEvidence {
  readonly target: RecoveryTarget;
  readonly facts: RecoveryFacts;
  readonly journal: FeedJournal;
  /** pg_last_wal_replay_lsn() after the end: the byte after the last replayed record. */
  readonly replayedTo: Lsn;
  /** The last segment that the archive held on the way of this recovery when the run began. */
  readonly lastExpected: string;
  readonly segmentBytes: number;
  /** The timelines on the way, oldest first. */
  readonly spans: readonly TimelineSpan[];
}

/**
 * Why the target was provably reached, in a sentence, or a DrillError that says why that is not proven. That a server
 * accepts connections proves nothing: PostgreSQL promotes as well when WAL is missing or damaged.
 */
export function proveTarget(evidence: RecoveryEvidence): string {
  const { target, facts } = evidence;
  refuseDeadBranch(evidence);
  switch (target.type) {
    case 'latest':
    case 'standby':
      return proveEnd(evidence);
    case 'immediate':
      if (facts.stop?.kind === 'immediate' && facts.consistentAt !== null)
        return 'PostgreSQL stopped right after reaching consistency';
      break;
    case 'time': {
      const { stop } = facts;
      const before = facts.lastCommitAt === null || facts.lastCommitAt <= target.instant;
      if (stop?.kind === 'time' && stop.side === 'before' && stop.at !== null && stop.at > target.instant && before) {
        const last =
          facts.lastCommitAt === null
            ? 'no transaction before it was replayed'
            : `the last replayed one is of ${formatInstant(facts.lastCommitAt)}`;
        return `PostgreSQL stopped before transaction ${stop.xid ?? '?'} of ${formatInstant(stop.at)}, the first after the target; ${last}`;
      }
      break;
    }
    case 'xid':
      if (facts.stop?.kind === 'time' && facts.stop.side === 'after' && facts.stop.xid === target.xid) {
        return `PostgreSQL stopped right after transaction ${target.xid}`;
      }
      break;
    case 'name':
      if (facts.stop?.kind === 'name' && facts.stop.name === target.name)
        return `PostgreSQL stopped at the restore point "${target.name}"`;
      break;
    case 'lsn':
      if (facts.stop?.kind === 'lsn' && facts.stop.lsn !== null && facts.stop.lsn >= target.lsn) {
        return `PostgreSQL stopped ${facts.stop.side} LSN ${formatLsn(facts.stop.lsn)}, the first record at or after the target`;
      }
      break;
    case 'random':
      break;
  }
  throw new DrillError(
    'target-unproven',
    `recovery ended, but not provably at ${targetText(target)}: ${facts.stop?.text ?? 'PostgreSQL named no stop'}`,
    {
      hint: 'read the server log in the report folder',
    },
  );
}

/**
 * Where the newer timeline's segment of a fork is not in the archive, PostgreSQL reads that of the older one and goes on
 * along it, past the fork and without a word (seen with 15; XLogFileReadAnyTLI): into what the new timeline never had.
 */
function refuseDeadBranch({ spans, journal, replayedTo, segmentBytes }: RecoveryEvidence): void {
  const delivered = [...journal.delivered.keys()].flatMap((name) => parseSegmentName(name, segmentBytes) ?? []);
  for (const { timeline, begin } of spans.slice(1)) {
    const number = segmentNumberAt(begin, segmentBytes);
    const taken = delivered.some((segment) => segment.number === number && segment.timeline >= timeline);
    if (replayedTo <= begin || taken) continue;
    const name = segmentName({ timeline, number }, segmentBytes);
    throw new DrillError(
      'wal-missing',
      `WAL segment ${name} was not delivered: replay went past LSN ${formatLsn(begin)}, where timeline ${timeline} begins, along the timeline that was left there`,
      {
        hint: 'wait until production has archived it; if a copy archived its own timeline, try --target-timeline current, and look for stray .history files',
      },
    );
  }
}

/** All that the archive held when the run began was replayed: its last segment to its end, after which PostgreSQL asked for more. */
function proveEnd({ facts, journal, replayedTo, lastExpected, segmentBytes }: RecoveryEvidence): string {
  const last = parseSegmentName(lastExpected, segmentBytes);
  const endOfLast = last === null ? null : (last.number + 1n) * BigInt(segmentBytes);
  const startOfLast = last === null ? null : last.number * BigInt(segmentBytes);
  const reachedLast = startOfLast !== null && replayedTo > startOfLast && journal.delivered.has(lastExpected);
  if (
    facts.invalidRecord !== null &&
    endOfLast !== null &&
    replayedTo < endOfLast &&
    !isAfter(facts.invalidRecord, lastExpected)
  ) {
    throw new DrillError(
      'wal-invalid',
      `replay stopped at ${formatLsn(replayedTo)}, before the end of the archive in ${lastExpected}: ${facts.invalidRecord}`,
      {
        hint: 'the segment is as it was archived, so it was damaged in production; take a new full backup',
      },
    );
  }
  const askedForMore = [...journal.notFound].some(
    (file) => (parseSegmentName(file, segmentBytes)?.number ?? -1n) > (last?.number ?? -1n),
  );
  const wentPast = [...journal.delivered.keys()].some(
    (file) => (parseSegmentName(file, segmentBytes)?.number ?? -1n) > (last?.number ?? -1n),
  );
  if (!reachedLast || !(askedForMore || wentPast)) {
    throw new DrillError(
      'target-unproven',
      `replay ended at ${formatLsn(replayedTo)}, but the archive held WAL up to ${lastExpected}`,
      {
        hint: 'read the server log in the report folder',
      },
    );
  }
  return `PostgreSQL replayed up to ${formatLsn(replayedTo)}, through ${lastExpected}, the last segment in the archive when the run began, and asked for the next`;
}

/** A recycled file after the end of the archive is rejected as well; such messages name their segment. */
function isAfter(invalidRecord: string, lastExpected: string): boolean {
  const named = /segment ([0-9A-F]{24})/.exec(invalidRecord)?.[1];
  return named !== undefined && named.slice(8) > lastExpected.slice(8);
}
