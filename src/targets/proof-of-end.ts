import { DrillError } from '../core/errors.ts';
import { positionIn, segmentIn } from '../postgres/failure.ts';
import { formatLsn, type Lsn } from '../postgres/lsn.ts';
import type { RecoveryFacts } from '../postgres/recovery-log.ts';
import { parseSegmentName, segmentName, segmentNumberAt } from '../postgres/wal-segment.ts';
import { wasDelivered, type RecoveryEvidence } from './evidence.ts';

/**
 * All that the archive held when the run began was replayed: its last segment was read to its end, and PostgreSQL asked for
 * more. The last whole record may end before that segment, where the archive ends within a record that goes over several:
 * PostgreSQL 15 then ends at the record before without a word, but not before it has asked for the segment that is missing.
 */
export function proveEnd(evidence: RecoveryEvidence): string {
  const { facts, journal, replayedTo, lastExpected, segmentBytes } = evidence;
  const last = parseSegmentName(lastExpected, segmentBytes);
  const endOfLast = last === null ? null : (last.number + 1n) * BigInt(segmentBytes);
  const rejected = facts.invalidRecord !== null && !isAfter(facts.invalidRecord, lastExpected);
  if (rejected && endOfLast !== null && replayedTo < endOfLast) {
    throw invalidWal(facts, replayedTo, segmentBytes, `the end of the archive in ${lastExpected}`);
  }
  const numbers = (names: Iterable<string>): bigint[] =>
    [...names].map((name) => parseSegmentName(name, segmentBytes)?.number ?? -1n);
  const wentOn =
    !facts.promoteRequested &&
    last !== null &&
    [...numbers(journal.notFound), ...numbers(journal.delivered.keys())].some((number) => number > last.number);
  if (
    last === null ||
    !wentOn ||
    !journal.delivered.has(lastExpected) ||
    !readThrough(replayedTo, last.number, evidence)
  ) {
    throw new DrillError(
      'target-unproven',
      `replay ended at ${formatLsn(replayedTo)}, but the archive held WAL up to ${lastExpected}`,
      { hint: 'read the server log in the report folder' },
    );
  }
  const within =
    replayedTo > last.number * BigInt(segmentBytes)
      ? ''
      : ', which holds only a part of a record whose end is not in the archive';
  return `PostgreSQL replayed up to ${formatLsn(replayedTo)}, through ${lastExpected}, the last segment in the archive when the run began${within}, and asked for the next`;
}

/** Whether every segment from the end of the last replayed record on was delivered, and nothing in them rejected. */
function readThrough(replayedTo: Lsn, last: bigint, evidence: RecoveryEvidence): boolean {
  const { facts, segmentBytes } = evidence;
  if (replayedTo > last * BigInt(segmentBytes)) return true;
  if (facts.invalidRecord !== null) return false;
  for (let number = segmentNumberAt(replayedTo, segmentBytes); number <= last; number += 1n) {
    if (!wasDelivered(number * BigInt(segmentBytes), evidence)) return false;
  }
  return true;
}

/** A record that was rejected on the way; PostgreSQL says so in a LOG line, and ends its replay. */
export function invalidWal(facts: RecoveryFacts, stoppedAt: Lsn, segmentBytes: number, before: string): DrillError {
  const rejected = facts.invalidRecord ?? '';
  return new DrillError(
    'wal-invalid',
    `replay stopped at ${formatLsn(stoppedAt)}, before ${before}: PostgreSQL rejects a record of WAL segment ${segmentOf(rejected, stoppedAt, facts.lastRestored, segmentBytes)}: ${rejected}`,
    { hint: 'the segment is as it was archived, so it was damaged in production; take a new full backup' },
  );
}

/** Some messages name the segment, most name a position; else it is where replay stopped. */
function segmentOf(rejected: string, stoppedAt: Lsn, lastRestored: string | null, segmentBytes: number): string {
  const named = segmentIn(rejected);
  if (named !== null) return named;
  const lsn = positionIn(rejected) ?? stoppedAt;
  const timeline = parseSegmentName(lastRestored ?? '', segmentBytes)?.timeline ?? 1;
  return segmentName({ timeline, number: segmentNumberAt(lsn, segmentBytes) }, segmentBytes);
}

/** A recycled file after the end of the archive is rejected as well; such messages name their segment. */
export function isAfter(invalidRecord: string, lastExpected: string): boolean {
  const named = segmentIn(invalidRecord);
  return named !== null && named.slice(8) > lastExpected.slice(8);
}
