import { describe, expect, test } from 'vitest';
import { lagOf, type ComparedArchive } from '../../../src/check-up/lag.ts';
import { DEFAULT_SEGMENT_BYTES } from '../../../src/postgres/wal-segment.ts';
import { clusterFacts } from '../../fixtures/check-up.ts';
import { listingOf } from '../../fixtures/archive-listing.ts';
import { segment } from '../../fixtures/facts.ts';

/** A segment is archived in the minute of its number. */
const at = (number: number): Date => new Date(Date.UTC(2026, 10, 21, 0, number));

function archive(repo: number, names: readonly (readonly [number, number])[], systemId = '1'): ComparedArchive {
  const segments = names.map(([number, timeline]) => ({ name: segment(number, timeline), archivedAt: at(number) }));
  return {
    repo,
    facts: clusterFacts({ systemId }),
    listing: listingOf(segments),
    segmentBytes: DEFAULT_SEGMENT_BYTES,
    last: segments.at(-1)?.name ?? null,
  };
}

const on = (timeline: number, ...numbers: number[]) => numbers.map((number) => [number, timeline] as const);

describe('how far an archive is behind', () => {
  const leader = archive(1, on(1, 1, 2, 3, 4));

  test('is told by the first segment that it does not have', () => {
    const own = archive(2, on(1, 1, 2));
    expect(lagOf(own, [leader, own])).toEqual({ leader: 1, segments: 2, since: at(3) });
  });

  test('is nothing for the one that is furthest, or as far', () => {
    const own = archive(2, on(1, 3, 4));
    expect([lagOf(leader, [leader, own]), lagOf(own, [leader, own])]).toEqual([null, null]);
  });

  test('counts from the beginning of a timeline that it does not have', () => {
    const ahead = archive(1, [...on(1, 1, 2), ...on(2, 2, 3)]);
    const own = archive(2, on(1, 1, 2, 3, 4));
    expect(lagOf(own, [ahead, own])).toEqual({ leader: 1, segments: 2, since: at(2) });
  });

  test('is not compared between clusters', () => {
    const own = archive(2, on(1, 1), '2');
    expect(lagOf(own, [leader, own])).toBeNull();
  });

  test('an archive without WAL is behind by all of it', () => {
    const own = archive(2, []);
    expect(lagOf(own, [leader, own])).toMatchObject({ leader: 1 });
  });
});
