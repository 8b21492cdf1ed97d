import type { OfKind, RecoveryKind } from './kind.ts';
import { lookedFor } from './looked-for.ts';

/** The commit of a transaction. */
export function xid(target: OfKind<'xid'>): RecoveryKind {
  const { xid: wanted } = target;
  return {
    ...lookedFor(target, `transaction ${wanted}`),
    value: wanted,
  };
}
