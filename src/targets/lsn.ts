import { z } from 'zod';
import { DrillError } from '../core/errors.ts';
import { formatLsn, parseLsn, type Lsn } from '../postgres/lsn.ts';
import { parseSegmentName } from '../postgres/wal-segment.ts';
import type { RecoveryEvidence } from './evidence.ts';
import { atAStop, endsAfter } from './at-a-stop.ts';
import { targetKind, CHOOSE_EARLIER, type RecoveryKind, type ArchiveEnd } from './kind.ts';
import { timeline } from './timeline.ts';
import { positioned } from './position.ts';
import { stopAt } from './words.ts';

export interface LsnTarget {
  readonly type: 'lsn';
  readonly lsn: Lsn;
  /** The WAL segment that begins here, and whose last commit is meant where it has one; left out: this very position is meant. */
  readonly lastCommitIn?: string;
}

/** A position: PostgreSQL stops after the first record at or behind it. */
export const lsn = targetKind({
  block: z.strictObject({
    lsn: z
      .string()
      .refine((text) => parseLsn(text) !== null, {
        error: ({ input }) => `${JSON.stringify(input)} is no LSN; write it as PostgreSQL does: 0/3000148`,
      })
      .describe('a position in the WAL'),
    timeline,
  }),
  read: ({ lsn: text }): LsnTarget => ({ type: 'lsn', lsn: parseLsn(text) ?? 0n }),
  told: { words: 'LSN', value: 'code', rehearses: 'point-in-time' },
  of: (target: LsnTarget): RecoveryKind => {
    const { lsn: wanted, lastCommitIn } = target;
    const { leadsTo, reach } = positioned(wanted);
    return {
      ...atAStop(target),
      ...stopAt('lsn', formatLsn(wanted)),
      text: () =>
        lastCommitIn === undefined ? `LSN ${formatLsn(wanted)}` : `the last commit in WAL segment ${lastCommitIn}`,
      value: formatLsn(wanted),
      namedPlace: leadsTo,
      leadsTo,
      reach,
      unreachable: (end) => unreachable(wanted, end),
      prove: (evidence) => prove(wanted, evidence),
    };
  },
});

function unreachable(wanted: Lsn, { last, segmentBytes }: ArchiveEnd): DrillError | null {
  const number = parseSegmentName(last, segmentBytes)?.number ?? 0n;
  const end = (number + 1n) * BigInt(segmentBytes);
  if (wanted < end) return null;
  return new DrillError(
    'target-unreachable',
    `the archive ends with ${last}, at LSN ${formatLsn(end)}, before the target ${formatLsn(wanted)}`,
    { hint: CHOOSE_EARLIER },
  );
}

function prove(wanted: Lsn, evidence: RecoveryEvidence): string | null {
  const { stop } = evidence.facts;
  return stop?.kind === 'lsn' && stop.lsn !== null && stop.lsn >= wanted && endsAfter(stop.lsn, evidence)
    ? `PostgreSQL stopped after the record at LSN ${formatLsn(stop.lsn)}, the first at or after the target`
    : null;
}
