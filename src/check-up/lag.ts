import { parseSegmentName, segmentName } from '../postgres/wal-segment.ts';
import type { Lag } from './facts.ts';
import type { ClusterLook } from './look-cluster.ts';

/** The archive of one repository, for a comparison with the others. */
export interface ComparedArchive extends ClusterLook {
  readonly repo: number;
}

/**
 * How far an archive is behind the one that is furthest, of the same cluster; null: it is not. The first segment that is not in
 * it tells since when: the leader has it.
 */
export function lagOf(own: ComparedArchive, all: readonly ComparedArchive[]): Lag | null {
  const same = all.filter(({ facts }) => facts.systemId === own.facts.systemId);
  const [leader] = same.toSorted((a, b) => compare(b, a));
  const last = lastOf(own);
  if (leader === undefined || leader.repo === own.repo || compare(leader, own) <= 0) return null;
  const end = lastOf(leader);
  const first = last.timeline === end.timeline ? firstAfter(last.number, leader) : firstOf(leader, end.timeline);
  if (first === null) return null;
  const since = leader.listing.segments.get(first)?.[0]?.archivedAt;
  return since === undefined ? null : { leader: leader.repo, segments: missingSince(first, leader), since };
}

interface End {
  readonly timeline: number;
  readonly number: bigint;
}

function lastOf({ last, segmentBytes }: ClusterLook): End {
  return parseSegmentName(last ?? '', segmentBytes) ?? { timeline: 0, number: -1n };
}

function compare(a: ClusterLook, b: ClusterLook): number {
  const [x, y] = [lastOf(a), lastOf(b)];
  return x.timeline - y.timeline || Number(x.number - y.number);
}

function firstAfter(number: bigint, leader: ClusterLook): string | null {
  const { timeline, number: end } = lastOf(leader);
  for (let next = number + 1n; next <= end; next += 1n) {
    const name = segmentName({ timeline, number: next }, leader.segmentBytes);
    if (leader.listing.segments.has(name)) return name;
  }
  return null;
}

function firstOf({ listing }: ClusterLook, timeline: number): string | null {
  for (const name of listing.segments.keys()) if (Number(`0x${name.slice(0, 8)}`) === timeline) return name;
  return null;
}

/** The names of one timeline sort as its segments do. */
function missingSince(first: string, { listing }: ClusterLook): number {
  let count = 0;
  for (const name of listing.segments.keys()) if (name >= first) count += 1;
  return count;
}
