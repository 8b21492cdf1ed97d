import { formatLsn } from '../../postgres/lsn.ts';
import type { RecoveryEvidence } from '../recover/evidence.ts';
import { atAStop } from './at-a-stop.ts';
import type { OfKind, RecoveryKind } from './kind.ts';
import { followSetting, PROMOTE_OPTION, PROMOTE_SETTING } from './words.ts';

/** The end of the backup: where it becomes consistent. */
export function immediate(target: OfKind<'immediate'>): RecoveryKind {
  return {
    ...atAStop(target),
    text: () => 'the end of the backup',
    value: null,
    leadsOffline: () => true,
    leadsTo: () => true,
    reach: () => ({ kind: 'backup' }),
    restoreOptions: () => ['--type=immediate', PROMOTE_OPTION],
    // Only the backup's own timeline leads there (as pgBackRest has it since 2.40).
    recoverySettings: () => [['recovery_target', 'immediate'], PROMOTE_SETTING, followSetting('current')],
    prove,
    reachedBy: null,
  };
}

function prove({ facts: { stop, consistentAt }, replayedTo, backupStop }: RecoveryEvidence): string | null {
  return stop?.kind === 'immediate' && consistentAt !== null && (backupStop === null || replayedTo >= backupStop)
    ? `PostgreSQL stopped right after reaching consistency, at LSN ${formatLsn(replayedTo)}`
    : null;
}
