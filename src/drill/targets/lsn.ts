import { formatLsn } from '../../postgres/lsn.ts';
import { atAStop } from './at-a-stop.ts';
import type { OfKind, RecoveryKind } from './kind.ts';

/** A position: PostgreSQL stops after the first record at or behind it. */
export function lsn(target: OfKind<'lsn'>): RecoveryKind {
  const { lsn: wanted } = target;
  return {
    ...atAStop(target),
    text: () => `LSN ${formatLsn(wanted)}`,
    value: formatLsn(wanted),
  };
}
