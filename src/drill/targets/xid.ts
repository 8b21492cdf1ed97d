import { walXid } from '../../postgres/xid.ts';
import type { OfKind, RecoveryKind } from './kind.ts';
import { lookedFor } from './looked-for.ts';
import { stopAt } from './words.ts';

/** The commit of a transaction. */
export function xid(target: OfKind<'xid'>): RecoveryKind {
  const { xid: wanted } = target;
  return {
    ...lookedFor(target, `transaction ${wanted}`),
    ...stopAt('xid', walXid(wanted)),
    value: wanted,
  };
}
