import { formatLsn, type Lsn } from '../postgres/lsn.ts';
import type { AnyTarget, RecoveryKind } from './kind.ts';
import { atAStop } from './at-a-stop.ts';
import { positioned } from './position.ts';

/** What is common to the kinds of target whose record has to be looked for in the WAL. */
export function lookedFor(target: AnyTarget, what: string) {
  return {
    ...atAStop(target),
    text: (lsn) => `${what}${lsn === null ? '' : ` at LSN ${formatLsn(lsn)}`}`,
    leadsTo: (set, lsn) => lsn === null || positioned(lsn).leadsTo(set),
    reach: (lsn) => (lsn === null ? { kind: 'end' } : positioned(lsn).reach()),
  } satisfies Partial<RecoveryKind>;
}

/** Where it is, for a proof. */
export function positionText(lsn: Lsn | null): string {
  return `whose record begins at LSN ${formatLsn(lsn ?? 0n)}, where the archive was found to hold it`;
}
