import { circumstancesOf, measuredOf } from '../../forecast/measured.ts';
import type { DrillReport } from '../../report/report.ts';
import type { OtherWalFetch } from '../../report/wal-fetch.ts';

/**
 * What a run that fetched its WAL the other way took, to be told beside this one. Null: none is on record, or something else
 * differs that recovery depends on (processors, settings), or it had much more or less to replay.
 */
export function otherWalFetch(report: DrillReport, other: DrillReport | null): OtherWalFetch | null {
  if (other === null || circumstancesOf(other.sandbox) !== circumstancesOf(report.sandbox)) return null;
  const [now, then] = [measuredOf(report), measuredOf(other)];
  const walFetch = other.recovery?.walFetch ?? null;
  if (now === null || then === null || walFetch === null || walFetch === report.recovery?.walFetch) return null;
  if (Math.abs(then.walBytes - now.walBytes) > now.walBytes * ALIKE) return null;
  return { walFetch, runId: then.runId, recoverMs: then.recoverMs, walBytes: then.walBytes };
}

/** Recoveries of amounts of WAL that differ by more say little about the way. */
const ALIKE = 0.25;
