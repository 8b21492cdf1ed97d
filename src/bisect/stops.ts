import type { Candidate, Span } from './commit-index.ts';
import type { Point } from './range.ts';

/** Where the predicate is asked, and the candidates that ended since the stop before. */
export interface Stop {
  readonly point: Point;
  readonly candidates: readonly Candidate[];
}

/**
 * Right before each candidate and right after it, in the order of the WAL, behind `start`. Where somebody holds a lock that would
 * keep the predicate from being asked, the stop before comes before the lock, and the stop after once it is given up: then more than
 * one candidate may have ended between two stops.
 */
export function stopsAround(candidates: readonly Candidate[], spans: readonly Span[], start: Point): Stop[] {
  const points = candidates.flatMap(({ before, after, followsCandidate }) => {
    const around = [followsCandidate ? null : early(before, spans), late(after, spans)];
    return around.filter((point) => point !== null);
  });
  const behind = points.filter(({ before }) => before > start.before).toSorted(inWalOrder);
  const distinct = behind.filter((point, index) => point.before !== behind[index - 1]?.before);
  return withCandidates(distinct, candidates);
}

/** The candidates that ended between each of these points and the one before. */
export function withCandidates(points: readonly Point[], candidates: readonly Candidate[]): Stop[] {
  let next = 0;
  return points.map((point) => {
    const first = next;
    while ((candidates[next]?.lsn ?? point.before) < point.before) next += 1;
    return { point, candidates: candidates.slice(first, next) };
  });
}

function inWalOrder(a: Point, b: Point): number {
  return a.before < b.before ? -1 : a.before > b.before ? 1 : 0;
}

/** Whether a lock is held at a point: the record that took it was replayed, and the end of the holder was not. */
function isHeldAt({ after }: Point, { from, to }: Span): boolean {
  return after >= from.before && (to === null || after < to.after);
}

/** The last point not behind this one at which nobody holds a lock. */
function early(point: Point, spans: readonly Span[]): Point {
  const held = spans.find((span) => isHeldAt(point, span));
  return held === undefined ? point : early(held.from, spans);
}

/** The first point not before this one at which nobody holds a lock; null: there is none. */
export function late(point: Point, spans: readonly Span[]): Point | null {
  const held = spans.find((span) => isHeldAt(point, span));
  if (held === undefined) return point;
  return held.to === null ? null : late(held.to, spans);
}
