import type { OfKind, RecoveryKind } from './kind.ts';
import { lookedFor } from './looked-for.ts';

/** A restore point. */
export function name(target: OfKind<'name'>): RecoveryKind {
  const { name: wanted } = target;
  return {
    ...lookedFor(target, `restore point "${wanted}"`),
    value: wanted,
  };
}
