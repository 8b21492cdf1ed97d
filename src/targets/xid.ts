import { z } from 'zod';
import { walXid } from '../postgres/xid.ts';
import type { RecoveryEvidence } from './evidence.ts';
import { endsAfter } from './at-a-stop.ts';
import { targetKind, type RecoveryKind } from './kind.ts';
import { timeline } from './timeline.ts';
import { lookedFor, positionText } from './looked-for.ts';
import { stopAt } from './words.ts';

interface XidTarget {
  readonly type: 'xid';
  readonly xid: string;
}

/** The commit of a transaction. */
export const xid = targetKind({
  block: z.strictObject({
    xid: z
      .union([z.int().min(3), z.string().regex(/^0*([3-9]|[1-9]\d+)$/, { error: noXid })], { error: noXid })
      .describe('a transaction id'),
    timeline,
  }),
  read: ({ xid: number }): XidTarget => ({ type: 'xid', xid: String(number) }),
  told: { words: 'transaction', value: 'code', rehearses: 'point-in-time' },
  of: (target: XidTarget): RecoveryKind => {
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
  },
});

/** The value is told, since the command line shows no line of a plan. */
function noXid({ input }: { readonly input?: unknown }): string {
  return `${JSON.stringify(input)} is no transaction id; write a number from 3 on`;
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
