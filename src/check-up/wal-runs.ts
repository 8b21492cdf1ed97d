import type { TimelineSpan } from '../pgbackrest/wal-path.ts';
import { segmentNumberAt } from '../postgres/wal-segment.ts';
import type { WalRange } from './wal-ranges.ts';

/** Segments on the way of a recovery that follow each other, whatever their timelines. */
export interface WalRun {
  readonly first: bigint;
  readonly last: bigint;
  /** The timeline of the last segment. */
  readonly timeline: number;
}

/**
 * What an archive holds along the timelines of a way, oldest first. In the segment of a fork PostgreSQL takes that of the newer
 * timeline, or that of the one that was left (see walPath): either will do.
 */
export function walRuns(ranges: readonly WalRange[], spans: readonly TimelineSpan[], segmentBytes: number): WalRun[] {
  const parts = spans.flatMap((span, index) => {
    const low = segmentNumberAt(span.begin, segmentBytes);
    const next = spans[index + 1];
    const high = next === undefined ? null : segmentNumberAt(next.begin, segmentBytes);
    return ranges
      .filter(({ timeline }) => timeline === span.timeline)
      .map(({ timeline, first, last }) => ({
        timeline,
        first: first > low ? first : low,
        last: high === null || last < high ? last : high,
      }))
      .filter(({ first, last }) => first <= last);
  });
  const runs: WalRun[] = [];
  for (const part of parts.toSorted((a, b) => Number(a.first - b.first) || a.timeline - b.timeline)) {
    const before = runs.at(-1);
    if (before === undefined || part.first > before.last + 1n) runs.push(part);
    else if (part.last >= before.last) runs[runs.length - 1] = { ...part, first: before.first };
  }
  return runs;
}
