import type { OfKind, RecoveryKind } from './kind.ts';
import { toTheEnd } from './to-the-end.ts';
import { followOption } from './words.ts';

/** The end of the archive, as a standby that asks for more. */
export function standby(target: OfKind<'standby'>): RecoveryKind {
  return {
    ...toTheEnd(target),
    text: () => 'the end of the archive, as a standby',
    leadsOffline: () => false,
    restoreOptions: (timeline) => ['--type=standby', ...followOption(timeline)],
    staysInRecovery: true,
  };
}
