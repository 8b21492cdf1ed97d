import { z } from 'zod';
import { didYouMean } from '../core/nearest.ts';
import type { RecoveryEvidence } from './evidence.ts';
import { endsAfter } from './at-a-stop.ts';
import { targetKind, type RecoveryKind } from './kind.ts';
import { timeline } from './timeline.ts';
import { lookedFor, positionText } from './looked-for.ts';
import { stopAt } from './words.ts';

interface NameTarget {
  readonly type: 'name';
  readonly name: string;
}

/** A restore point. */
export const name = targetKind({
  block: z.strictObject({
    name: z.string().min(1).max(63).describe('a restore point, as made by pg_create_restore_point()'),
    timeline,
  }),
  read: ({ name: text }): NameTarget => ({ type: 'name', name: text }),
  told: { words: 'the restore point', value: 'code', rehearses: 'point-in-time' },
  of: (target: NameTarget): RecoveryKind => {
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
  },
});

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
