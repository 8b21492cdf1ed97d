import { DrillError } from '../../core/errors.ts';
import { formatLsn } from '../../postgres/lsn.ts';
import { parseSegmentName, segmentName, segmentNumberAt } from '../../postgres/wal-segment.ts';
import type { RecoveryEvidence } from '../../targets/evidence.ts';
import { kindOf, targetText, type RecoveryTarget } from '../../targets/index.ts';

/** What is known of a recovery to a target. */
export interface Recovered extends RecoveryEvidence {
  readonly target: RecoveryTarget;
}

/**
 * Why the target was provably reached, in a sentence, or a DrillError that says why that is not proven. That a server
 * accepts connections proves nothing: PostgreSQL promotes as well when WAL is missing or damaged. Names and times prove
 * nothing either unless the positions fit: a name, an xid and a moment may be there twice.
 */
export function proveTarget({ target, ...evidence }: Recovered): string {
  refuseDeadBranch(evidence);
  const proof = kindOf(target).prove(evidence);
  if (proof !== null) return proof;
  throw new DrillError(
    'target-unproven',
    `recovery ended, but not provably at ${targetText(target, evidence.targetLsn)}: ${whereItStopped(evidence)}`,
    { hint: 'read the server log in the report folder' },
  );
}

function whereItStopped({ facts, replayedTo }: RecoveryEvidence): string {
  const at =
    facts.redoDoneLsn === null ? '' : `; the last record that was read begins at LSN ${formatLsn(facts.redoDoneLsn)}`;
  return `${facts.stop?.text ?? 'PostgreSQL named no stop'}${at}, and replay went up to LSN ${formatLsn(replayedTo)}`;
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
