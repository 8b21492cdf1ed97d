import { instantOf } from '../core/instant.ts';
import { proveEnd } from './proof-of-end.ts';
import { followSetting } from './words.ts';
import type { AnyTarget, RecoveryKind } from './kind.ts';

/** What the kinds have in common that go to the end of the archive. */
export function toTheEnd(target: AnyTarget) {
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
    isClimbed: false,
    reachedBy: null,
    record: null,
  } satisfies Partial<RecoveryKind>;
}
