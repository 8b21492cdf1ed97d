import { instantOf, type Instant } from '../core/instant.ts';
import type { Lsn } from '../postgres/lsn.ts';
import { wasDelivered, type RecoveryEvidence } from './evidence.ts';
import type { AnyTarget, RecoveryKind, Reached } from './kind.ts';

/** What is common to the kinds of target at which PostgreSQL stops and promotes. */
export function atAStop(target: AnyTarget) {
  return {
    asTyped: null,
    resolve: () => target,
    namedPlace: null,
    leadsOffline: () => false,
    unreachable: () => null,
    endedShort: () => null,
    referenceMoment: momentOfTheStop,
    goesToTheEnd: false,
    staysInRecovery: false,
    isClimbed: false,
    reachedBy: 'target-reached',
    record: null,
  } satisfies Partial<RecoveryKind>;
}

/**
 * A position has no time of its own: the time in the record of the stop, the last commit before it, or the end of the
 * backup where nothing was committed since.
 */
function momentOfTheStop({ facts, backup }: Reached): Instant {
  return facts.stop?.at ?? facts.lastCommitAt ?? instantOf(backup.stoppedAt);
}

/** Whether the record that begins at a position is the last one that was replayed, and came from the archive. */
export function endsAfter(lsn: Lsn | null, evidence: RecoveryEvidence): boolean {
  const { facts, replayedTo } = evidence;
  return (
    lsn !== null &&
    facts.stop?.side === 'after' &&
    facts.redoDoneLsn === lsn &&
    replayedTo > lsn &&
    wasDelivered(lsn, evidence)
  );
}
