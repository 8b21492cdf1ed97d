import type { OfKind, RecoveryKind } from './kind.ts';
import { toTheEnd } from './to-the-end.ts';
import { followOption } from './words.ts';

/** The end of the archive. */
export function latest(target: OfKind<'latest'>): RecoveryKind {
  return {
    ...toTheEnd(target),
    text: () => 'the end of the archive',
    leadsOffline: (isLast) => isLast,
    restoreOptions: (timeline) => ['--type=default', ...followOption(timeline)],
    staysInRecovery: false,
  };
}
