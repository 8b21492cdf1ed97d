import type { RecoveryTarget } from '../../plan/drill-plan.ts';
import type { RecoveryKind } from './kind.ts';

/** What the kinds have in common at which PostgreSQL stops and promotes. */
export function atAStop(target: RecoveryTarget) {
  return {
    asTyped: null,
    resolve: () => target,
    namedPlace: null,
    leadsOffline: () => false,
    unreachable: () => null,
  } satisfies Partial<RecoveryKind>;
}
