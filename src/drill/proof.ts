import { DrillError } from '../core/errors.ts';
import { formatInstant, type Instant } from '../core/instant.ts';
import { formatLsn, type Lsn } from '../postgres/lsn.ts';
import { parseSegmentName, segmentName, segmentNumberAt } from '../postgres/wal-segment.ts';
import { walXid } from '../postgres/xid.ts';
import { targetText } from './targets/index.ts';
import { wasDelivered, type RecoveryEvidence } from './evidence.ts';
import { proveEnd } from './proof-of-end.ts';

/**
 * Why the target was provably reached, in a sentence, or a DrillError that says why that is not proven. That a server
 * accepts connections proves nothing: PostgreSQL promotes as well when WAL is missing or damaged. Names and times prove
 * nothing either unless the positions fit: a name, an xid and a moment may be there twice.
 */
export function proveTarget(evidence: RecoveryEvidence): string {
  refuseDeadBranch(evidence);
  const { type } = evidence.target;
  if (type === 'latest' || type === 'standby') return proveEnd(evidence);
  const proof = proveStop(evidence);
  if (proof !== null) return proof;
  throw new DrillError(
    'target-unproven',
    `recovery ended, but not provably at ${targetText(evidence.target, evidence.targetLsn)}: ${whereItStopped(evidence)}`,
    { hint: 'read the server log in the report folder' },
  );
}

function whereItStopped({ facts, replayedTo }: RecoveryEvidence): string {
  const at =
    facts.redoDoneLsn === null ? '' : `; the last record that was read begins at LSN ${formatLsn(facts.redoDoneLsn)}`;
  return `${facts.stop?.text ?? 'PostgreSQL named no stop'}${at}, and replay went up to LSN ${formatLsn(replayedTo)}`;
}

function proveStop(evidence: RecoveryEvidence): string | null {
  const { target, targetLsn, facts, replayedTo, backupStop } = evidence;
  const { stop } = facts;
  if (stop === null) return null;
  switch (target.type) {
    case 'immediate':
      return stop.kind === 'immediate' &&
        facts.consistentAt !== null &&
        (backupStop === null || replayedTo >= backupStop)
        ? `PostgreSQL stopped right after reaching consistency, at LSN ${formatLsn(replayedTo)}`
        : null;
    case 'time':
      return proveTime(target.instant, evidence);
    case 'xid':
      return stop.kind === 'time' &&
        stop.outcome === 'commit' &&
        stop.xid === walXid(target.xid) &&
        endsAfter(targetLsn, evidence)
        ? `PostgreSQL stopped right after the commit of transaction ${stop.xid}, ${positionText(targetLsn)}`
        : null;
    case 'name':
      return stop.kind === 'name' && stop.name === target.name && endsAfter(targetLsn, evidence)
        ? `PostgreSQL stopped at the restore point "${target.name}", ${positionText(targetLsn)}`
        : null;
    case 'lsn':
      return stop.kind === 'lsn' && stop.lsn !== null && stop.lsn >= target.lsn && endsAfter(stop.lsn, evidence)
        ? `PostgreSQL stopped after the record at LSN ${formatLsn(stop.lsn)}, the first at or after the target`
        : null;
    case 'latest':
    case 'standby':
      return null;
  }
}

function positionText(lsn: Lsn | null): string {
  return `whose record begins at LSN ${formatLsn(lsn ?? 0n)}, where the archive was found to hold it`;
}

/** The stop is a record that was not replayed; its position, and the last one before, have to be in delivered WAL. */
function proveTime(instant: Instant, evidence: RecoveryEvidence): string | null {
  const { facts, replayedTo } = evidence;
  const { stop, lastCommitAt, redoDoneLsn } = facts;
  const isLater = stop?.kind === 'time' && stop.side === 'before' && stop.at !== null && stop.at > instant;
  const isBefore = lastCommitAt === null || lastCommitAt <= instant;
  if (!isLater || !isBefore || redoDoneLsn === null || redoDoneLsn < replayedTo || !wasDelivered(redoDoneLsn, evidence))
    return null;
  const last =
    lastCommitAt === null
      ? 'no transaction before it was replayed'
      : `the last replayed one is of ${formatInstant(lastCommitAt)}`;
  return `PostgreSQL stopped before the ${stop.outcome ?? 'end'} of transaction ${stop.xid ?? '?'} of ${formatInstant(stop.at ?? 0n)}, at LSN ${formatLsn(redoDoneLsn)}, the first after the target; ${last}`;
}

/** Whether the record that begins at a position is the last one that was replayed, and came from the archive. */
function endsAfter(lsn: Lsn | null, evidence: RecoveryEvidence): boolean {
  const { facts, replayedTo } = evidence;
  return (
    lsn !== null &&
    facts.stop?.side === 'after' &&
    facts.redoDoneLsn === lsn &&
    replayedTo > lsn &&
    wasDelivered(lsn, evidence)
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
