import { formatInstant } from '../../core/instant.ts';
import { atAStop } from './at-a-stop.ts';
import type { OfKind, RecoveryKind } from './kind.ts';

/** A moment: PostgreSQL stops before the first transaction that ended after it. */
export function time(target: OfKind<'time'>): RecoveryKind {
  const { instant, asTyped } = target;
  return {
    ...atAStop(target),
    text: () => formatInstant(instant),
    value: formatInstant(instant),
    asTyped,
  };
}
