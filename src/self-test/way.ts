import { parseLsn } from '../postgres/lsn.ts';
import { inferSegmentBytes, segmentNumberAt } from '../postgres/wal-segment.ts';
import type { DrillReport } from '../report/report.ts';

/** The WAL that a healthy copy was recovered with, as numbers of segments. */
interface Way {
  readonly segmentBytes: number;
  /** With which the backup begins, and with which it ends. */
  readonly first: bigint;
  readonly stop: bigint;
  /** Which holds the last record that was replayed. */
  readonly last: bigint;
}

/** Null: the report does not say. */
export function wayOf({ source: { backup }, recovery }: DrillReport): Way | null {
  const end = parseLsn(recovery?.lastReplayedLsn ?? '');
  const start = parseLsn(backup?.lsn.start ?? '');
  const stop = parseLsn(backup?.lsn.stop ?? '');
  const segment = backup?.walStart ?? null;
  if (end === null || start === null || stop === null || segment === null) return null;
  const segmentBytes = inferSegmentBytes([{ lsn: start, segment }]);
  const numberAt = (lsn: bigint): bigint => segmentNumberAt(lsn, segmentBytes);
  // The position is where the next record would begin.
  return { segmentBytes, first: numberAt(start), stop: numberAt(stop), last: numberAt(end - 1n) };
}
