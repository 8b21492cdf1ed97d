import { formatInstant } from '../../core/instant.ts';
import { formatLsn, type Lsn } from '../../postgres/lsn.ts';
import { endBefore } from '../../postgres/wal-page.ts';
import type { WalRecord } from '../../postgres/waldump.ts';
import type { RungReport } from '../../report/rungs.ts';
import { rungKind } from '../../targets/rung.ts';
import type { RunRecord } from '../run-record.ts';
import type { Rung } from './rung.ts';

/** A target for the report, as long as nothing came of it. */
export function describeRung({ target, gate, lastCommit, nextCommit }: Rung): RungReport {
  const { text, value } = rungKind(target);
  return {
    type: target.type,
    value,
    text: text(null),
    lsn: formatLsn(gate),
    lastCommit: lastCommit && describeCommit(lastCommit),
    nextCommit: nextCommit && describeCommit(nextCommit),
    reached: false,
    proof: null,
    state: null,
    checks: [],
  };
}

function describeCommit({ xid, lsn, at }: WalRecord): NonNullable<RungReport['lastCommit']> {
  return { xid, lsn: formatLsn(lsn), at: at === null ? null : formatInstant(at) };
}

/** Where replay was proven to stand at each target, for the proof of the whole; undefined: there is one target. */
export function provenStands(
  { rungs, climbed }: Pick<RunRecord, 'rungs' | 'climbed'>,
  segmentBytes: number,
): (Lsn | null)[] | undefined {
  return rungs?.map(({ gate }, index) => (climbed[index]?.reached ? endBefore(gate, segmentBytes) : null));
}

/** All targets of a run that has several, those that it did not come to as well. */
export function describeRungs({ rungs, climbed }: Pick<RunRecord, 'rungs' | 'climbed'>): RungReport[] {
  return (rungs ?? []).map((rung, index) => climbed[index] ?? describeRung(rung));
}
