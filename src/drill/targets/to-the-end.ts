import { instantOf } from '../../core/instant.ts';
import type { RecoveryTarget } from '../../plan/drill-plan.ts';
import { proveEnd } from '../recover/proof-of-end.ts';
import { followSetting } from './words.ts';
import type { RecoveryKind } from './kind.ts';

/** What the kinds have in common that go to the end of the archive. */
export function toTheEnd(target: RecoveryTarget) {
  return {
    value: null,
    asTyped: null,
    resolve: () => target,
    namedPlace: null,
    leadsTo: () => true,
    reach: () => ({ kind: 'end' }),
    unreachable: () => null,
    recoverySettings: (timeline) => [followSetting(timeline)],
    prove: proveEnd,
    endedShort: () => null,
    referenceMoment: ({ startedAt }) => instantOf(startedAt),
    goesToTheEnd: true,
    reachedBy: null,
    record: null,
  } satisfies Partial<RecoveryKind>;
}
