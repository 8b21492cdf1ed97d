import { atAStop } from './at-a-stop.ts';
import type { OfKind, RecoveryKind } from './kind.ts';

/** The end of the backup: where it becomes consistent. */
export function immediate(target: OfKind<'immediate'>): RecoveryKind {
  return {
    ...atAStop(target),
    text: () => 'the end of the backup',
    value: null,
    leadsOffline: () => true,
    leadsTo: () => true,
    reach: () => ({ kind: 'backup' }),
  };
}
