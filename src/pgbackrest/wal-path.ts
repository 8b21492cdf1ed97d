import type { Lsn } from '../postgres/lsn.ts';
import type { TimelineFork } from '../postgres/timeline-history.ts';
import { PathSegments } from './path-segments.ts';
import { parseSegmentName, segmentName, segmentNumberAt, type WalSegment } from '../postgres/wal-segment.ts';

/** A timeline on the way of a recovery, from the LSN on at which it was begun. */
export interface TimelineSpan {
  readonly timeline: number;
  readonly begin: Lsn;
}

/**
 * The timelines that a recovery passes, oldest first, or null when `from` at `lsn` does not lie on the way to the
 * timeline that `forks` lead to: PostgreSQL then refuses with "requested timeline N is not a child of this server's
 * history".
 */
export function timelineSpans(
  from: number,
  lsn: Lsn,
  to: number,
  forks: readonly TimelineFork[],
): TimelineSpan[] | null {
  if (from === to) return [{ timeline: from, begin: 0n }];
  const start = forks.findIndex(({ timeline }) => timeline === from);
  const left = forks[start];
  if (!left || left.switchLsn < lsn) return null;
  const ways = forks.slice(start);
  return [
    { timeline: from, begin: 0n },
    ...ways.map((fork, index) => ({ timeline: ways[index + 1]?.timeline ?? to, begin: fork.switchLsn })),
  ];
}

/** The timeline that PostgreSQL takes for `latest`: it counts up while the next history file exists (findNewestTimeLine). */
export function newestTimeline(from: number, histories: readonly number[]): number {
  let newest = from;
  while (histories.includes(newest + 1)) newest += 1;
  return newest;
}

/** WAL that is not there although later WAL is. */
interface WalGap {
  readonly firstMissing: string;
  readonly missingCount: number;
  readonly nextPresent: string;
}

export interface WalPath {
  /** The segments that recovery reads, in order, up to the first that is missing. */
  readonly segments: PathSegments;
  readonly gap: WalGap | null;
}

interface WalPathOptions {
  /** Names of segments, in order. */
  readonly present: { has(name: string): boolean; keys(): Iterable<string> };
  readonly spans: readonly TimelineSpan[];
  /** The first segment that recovery needs: the backup's WAL start. */
  readonly start: string;
  readonly segmentBytes: number;
}

/** Which segments recovery reads from `start` on, and whether one is missing before the newest. */
export function walPath(options: WalPathOptions): WalPath {
  const { present, spans, start, segmentBytes } = options;
  const first = parseSegmentName(start, segmentBytes)?.number ?? 0n;
  const segments = new PathSegments(segmentBytes);
  const name = (timeline: number, number: bigint): string => segmentName({ timeline, number }, segmentBytes);
  const found = (number: bigint): number | undefined =>
    timelinesAt(spans, number, segmentBytes).find((timeline) => present.has(name(timeline, number)));

  let number = first;
  for (let timeline = found(number); timeline !== undefined; timeline = found(number)) {
    segments.add({ timeline, number });
    number += 1n;
  }
  const later = firstAfter(number, options);
  if (!later) return { segments, gap: null };
  const [missingOn = 1] = timelinesAt(spans, number, segmentBytes);
  return {
    segments,
    gap: {
      firstMissing: name(missingOn, number),
      missingCount: Number(later.number - number),
      nextPresent: name(later.timeline, later.number),
    },
  };
}

/** The first segment on the way that is there after a missing one, or null. */
function firstAfter(missing: bigint, { present, spans, segmentBytes }: WalPathOptions): WalSegment | null {
  let first: WalSegment | null = null;
  const last = segmentName({ timeline: 0, number: missing }, segmentBytes).slice(8);
  for (const name of present.keys()) {
    if (name.slice(8) <= last) continue;
    const segment = parseSegmentName(name, segmentBytes);
    if (segment === null || (first !== null && segment.number >= first.number)) continue;
    if (timelinesAt(spans, segment.number, segmentBytes).includes(segment.timeline)) first = segment;
  }
  return first;
}

/** The timelines on which PostgreSQL looks for a segment, newest first; where forks lie in it, those that were left too. */
function timelinesAt(spans: readonly TimelineSpan[], number: bigint, segmentBytes: number): number[] {
  const last = spans.at(-1);
  if (last && (last.begin === 0n || segmentNumberAt(last.begin, segmentBytes) < number)) return [last.timeline];
  const newestFirst = spans.filter((span) => segmentNumberAt(span.begin, segmentBytes) <= number).toReversed();
  const forkedBefore = newestFirst.findIndex(
    (span) => span.begin === 0n || segmentNumberAt(span.begin, segmentBytes) < number,
  );
  return newestFirst.slice(0, forkedBefore + 1).map(({ timeline }) => timeline);
}
