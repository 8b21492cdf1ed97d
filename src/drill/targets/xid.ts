import { walXid } from '../../postgres/xid.ts';
import type { RecoveryEvidence } from '../recover/evidence.ts';
import { endsAfter } from './at-a-stop.ts';
import type { OfKind, RecoveryKind } from './kind.ts';
import { lookedFor, positionText } from './looked-for.ts';
import { stopAt } from './words.ts';

/** The commit of a transaction. */
export function xid(target: OfKind<'xid'>): RecoveryKind {
  const { xid: wanted } = target;
  return {
    ...lookedFor(target, `transaction ${wanted}`),
    ...stopAt('xid', walXid(wanted)),
    value: wanted,
    prove: (evidence) => prove(wanted, evidence),
    record: {
      wanted: { xid: wanted },
      didYouMean: () => '',
      lookAt: 'the number: it has to be one that made changes and was committed',
    },
  };
}

/** PostgreSQL stops after a rollback as it does after a commit, and an xid may be there twice: the position has to fit. */
function prove(wanted: string, evidence: RecoveryEvidence): string | null {
  const {
    targetLsn,
    facts: { stop },
  } = evidence;
  return stop?.kind === 'time' &&
    stop.outcome === 'commit' &&
    stop.xid === walXid(wanted) &&
    endsAfter(targetLsn, evidence)
    ? `PostgreSQL stopped right after the commit of transaction ${stop.xid}, ${positionText(targetLsn)}`
    : null;
}
