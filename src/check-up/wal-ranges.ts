import type { ArchivedSegments } from '../pgbackrest/segment-table.ts';
import { parseSegmentName } from '../postgres/wal-segment.ts';

/** Segments of one timeline whose numbers follow each other, and that archive-get delivers. */
export interface WalRange {
  readonly timeline: number;
  readonly first: bigint;
  readonly last: bigint;
}

/** An archive in short: a year of segments is a handful of these. */
export interface WalRanges {
  readonly ranges: readonly WalRange[];
  /** Segments that lie in the archive more than once: archive-get refuses them (2.45, exit status 45), so they are in no range. */
  readonly duplicates: readonly string[];
  readonly count: number;
  /** The last segment of the newest timeline. */
  readonly last: string | null;
  /** The segment that was archived last. */
  readonly newest: { readonly name: string; readonly archivedAt: Date } | null;
}

/** Folds the segments of an archive, which come in the order of names, into ranges. */
export function walRanges(segments: ArchivedSegments, segmentBytes: number): WalRanges {
  const ranges: { timeline: number; first: bigint; last: bigint }[] = [];
  const duplicates: string[] = [];
  let count = 0;
  let last: string | null = null;
  let newest: WalRanges['newest'] = null;
  for (const [name, copies] of segments) {
    count += 1;
    last = name;
    const [{ archivedAt } = { archivedAt: new Date(0) }] = copies;
    if (newest === null || archivedAt >= newest.archivedAt) newest = { name, archivedAt };
    const segment = parseSegmentName(name, segmentBytes);
    if (copies.length > 1) duplicates.push(name);
    if (segment === null || copies.length > 1) continue;
    const { timeline, number } = segment;
    const before = ranges.at(-1);
    if (before?.timeline === timeline && before.last + 1n === number) before.last = number;
    else ranges.push({ timeline, first: number, last: number });
  }
  return { ranges, duplicates, count, last, newest };
}
