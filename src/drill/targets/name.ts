import { didYouMean } from '../../core/nearest.ts';
import type { RecoveryEvidence } from '../recover/evidence.ts';
import { endsAfter } from './at-a-stop.ts';
import type { OfKind, RecoveryKind } from './kind.ts';
import { lookedFor, positionText } from './looked-for.ts';
import { stopAt } from './words.ts';

/** A restore point. */
export function name(target: OfKind<'name'>): RecoveryKind {
  const { name: wanted } = target;
  return {
    ...lookedFor(target, `restore point "${wanted}"`),
    ...stopAt('name', wanted),
    value: wanted,
    prove: (evidence) => prove(wanted, evidence),
    record: {
      wanted: { name: wanted },
      didYouMean: (names) => didYouMean(wanted, names),
      lookAt: 'the spelling',
    },
  };
}

/** A name may be there twice: the position has to fit. */
function prove(wanted: string, evidence: RecoveryEvidence): string | null {
  const {
    targetLsn,
    facts: { stop },
  } = evidence;
  return stop?.kind === 'name' && stop.name === wanted && endsAfter(targetLsn, evidence)
    ? `PostgreSQL stopped at the restore point "${wanted}", ${positionText(targetLsn)}`
    : null;
}
