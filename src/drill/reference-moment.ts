import { instantOf, type Instant } from '../core/instant.ts';
import type { BackupSet } from '../pgbackrest/info.ts';
import type { RecoveryTarget } from '../plan/drill-plan.ts';
import type { RecoveryFacts } from '../postgres/recovery-log.ts';

interface Reached {
  readonly target: RecoveryTarget;
  readonly backup: Pick<BackupSet, 'stoppedAt'>;
  readonly startedAt: Date;
  readonly facts: Pick<RecoveryFacts, 'stop' | 'lastCommitAt'>;
}

/**
 * The moment that the age of data is counted from: the run's start at the end of the archive, else that of the recovery
 * target. A position has no time of its own: there it is the time in the record of the stop, the last commit before it, or
 * the end of the backup where nothing was committed since.
 */
export function referenceMoment({ target, backup, startedAt, facts }: Reached): Instant {
  switch (target.type) {
    case 'latest':
    case 'standby':
      return instantOf(startedAt);
    case 'time':
      return target.instant;
    case 'xid':
    case 'name':
    case 'lsn':
    case 'immediate':
      return facts.stop?.at ?? facts.lastCommitAt ?? instantOf(backup.stoppedAt);
  }
}
