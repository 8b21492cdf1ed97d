import type { Instant } from '../core/instant.ts';
import type { Lsn } from '../postgres/lsn.ts';

/**
 * A place between two records of the WAL that follow each other. Replay stands there when its position lies behind the beginning
 * of the one and not behind that of the other: it names the end of what was replayed, and headers of pages may lie between.
 */
export interface Point {
  /** Where the last record begins that is replayed. */
  readonly after: Lsn;
  /** Where the first record begins that is not. */
  readonly before: Lsn;
}

/** Whether replay stands at a point. */
export function standsAt(replayedTo: Lsn, { after, before }: Point): boolean {
  return replayedTo > after && replayedTo <= before;
}

/** A stretch of the WAL along the way of a recovery. */
export interface Range {
  readonly start: Point;
  readonly end: Point;
}

/** A moment or a position, as it was asked for. */
export type Bound = { readonly at: Instant } | { readonly lsn: Lsn };

/** What a range is asked for by; null: from the backup on, to the end of the archive. */
export interface AskedRange {
  readonly from: Bound | null;
  readonly to: Bound | null;
}
