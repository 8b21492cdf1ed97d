import { z } from 'zod';
import { formatLsn } from '../postgres/lsn.ts';
import type { RecoveryEvidence } from './evidence.ts';
import { atAStop } from './at-a-stop.ts';
import { targetKind, type RecoveryKind } from './kind.ts';
import { followSetting, PROMOTE_OPTION, PROMOTE_SETTING } from './words.ts';

interface Immediate {
  readonly type: 'immediate';
}

/** The end of the backup: where it becomes consistent. */
export const immediate = targetKind({
  block: z.strictObject({ immediate: z.literal(true).describe('the end of the backup') }),
  isWord: true,
  follows: 'current',
  read: (): Immediate => ({ type: 'immediate' }),
  told: { words: 'the end of the backup', value: null, rehearses: 'point-in-time' },
  of: (target: Immediate): RecoveryKind => ({
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
  }),
});

function prove({ facts: { stop, consistentAt }, replayedTo, backupStop }: RecoveryEvidence): string | null {
  return stop?.kind === 'immediate' && consistentAt !== null && (backupStop === null || replayedTo >= backupStop)
    ? `PostgreSQL stopped right after reaching consistency, at LSN ${formatLsn(replayedTo)}`
    : null;
}
