import type { OfKind, RecoveryKind } from './kind.ts';
import { toTheEnd } from './to-the-end.ts';

/** The end of the archive, as a standby that asks for more. */
export function standby(target: OfKind<'standby'>): RecoveryKind {
  return {
    ...toTheEnd(target),
    text: () => 'the end of the archive, as a standby',
    leadsOffline: () => false,
  };
}
