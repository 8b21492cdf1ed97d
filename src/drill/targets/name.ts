import type { OfKind, RecoveryKind } from './kind.ts';
import { lookedFor } from './looked-for.ts';
import { stopAt } from './words.ts';

/** A restore point. */
export function name(target: OfKind<'name'>): RecoveryKind {
  const { name: wanted } = target;
  return {
    ...lookedFor(target, `restore point "${wanted}"`),
    ...stopAt('name', wanted),
    value: wanted,
  };
}
