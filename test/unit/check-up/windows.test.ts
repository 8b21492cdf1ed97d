import { describe, expect, test } from 'vitest';
import { walRanges } from '../../../src/check-up/wal-ranges.ts';
import { reachableAlong, type Reachable } from '../../../src/check-up/windows.ts';
import type { TimelineSpan } from '../../../src/pgbackrest/wal-path.ts';
import { DEFAULT_SEGMENT_BYTES } from '../../../src/postgres/wal-segment.ts';
import { listingOf } from '../../fixtures/archive-listing.ts';
import { backupSet, segment } from '../../fixtures/facts.ts';

/** A segment is archived in the minute of its number. */
const at = (number: number): Date => new Date(Date.UTC(2026, 10, 21, 0, number));
const SEGMENT = BigInt(DEFAULT_SEGMENT_BYTES);

/** A set whose WAL is these segments, and that ended in the last of them. */
const set = (label: string, first: number, last = first, timeline = 1) =>
  backupSet({ label, walStart: segment(first, timeline), walStop: segment(last, timeline), stoppedAt: at(last) });

const numbers = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

interface Archive {
  readonly present: readonly (readonly [number: number, timeline: number])[];
  readonly sets: readonly ReturnType<typeof set>[];
  readonly spans?: readonly TimelineSpan[];
  readonly mayThin?: boolean;
}

function reachable({ present, sets, spans = [{ timeline: 1, begin: 0n }], mayThin = false }: Archive): Reachable {
  const names = present.map(([number, timeline]) => ({ name: segment(number, timeline), archivedAt: at(number) }));
  const { segments } = listingOf(names.toSorted((a, b) => (a.name < b.name ? -1 : 1)));
  const { ranges, duplicates } = walRanges(segments, DEFAULT_SEGMENT_BYTES);
  return reachableAlong({
    sets,
    spans,
    ranges,
    duplicates,
    segmentBytes: DEFAULT_SEGMENT_BYTES,
    mayThin,
    archivedAt: (name) => segments.get(name)?.[0]?.archivedAt ?? null,
  });
}

const on = (timeline: number, ...of: readonly number[]): (readonly [number, number])[] =>
  of.map((number) => [number, timeline] as const);
const minutes = ({ windows }: Reachable): [number, number, string][] =>
  windows.map(({ from, to, fromSet }) => [from.getUTCMinutes(), to.getUTCMinutes(), fromSet]);

describe('windows of recovery', () => {
  test('reach from the end of the first set to the newest segment, and hold the sets between', () => {
    const found = reachable({ present: on(1, ...numbers(1, 9)), sets: [set('a', 2), set('b', 5, 6)] });
    expect(minutes(found)).toEqual([[2, 9, 'a']]);
    expect(found).toMatchObject({
      holes: [],
      unusable: [],
      windows: [{ sets: 2, knownTo: at(6), lastSegment: segment(9) }],
    });
  });

  test('have no beginning in WAL that no set leads into', () => {
    expect(minutes(reachable({ present: on(1, ...numbers(1, 9)), sets: [] }))).toEqual([]);
  });

  test('end at a missing segment, and begin again with the next set', () => {
    const found = reachable({ present: on(1, 2, 3, 4, 6, 7, 8, 9), sets: [set('a', 2), set('b', 7)] });
    expect(minutes(found)).toEqual([
      [2, 4, 'a'],
      [7, 9, 'b'],
    ]);
    expect(found.holes).toEqual([
      { from: at(4), to: at(7), cause: 'missing', firstMissing: segment(5), missingCount: 1, nextPresent: segment(6) },
    ]);
  });

  test('count all that is missing until WAL is complete again', () => {
    const found = reachable({ present: on(1, 2, 4, 7, 8), sets: [set('a', 2), set('b', 7)] });
    expect(found.holes).toMatchObject([{ firstMissing: segment(3), missingCount: 3, nextPresent: segment(4) }]);
  });

  test('end for good where WAL is missing after the last set', () => {
    const found = reachable({ present: on(1, 2, 3, 5, 6), sets: [set('a', 2)] });
    expect(minutes(found)).toEqual([[2, 3, 'a']]);
    expect(found.holes).toMatchObject([{ from: at(3), to: null, firstMissing: segment(4), missingCount: 1 }]);
  });

  test.each([
    ['retention-archive may have thinned the archive', true, 'expired'],
    ['it is known not to', false, 'missing'],
  ])('between sets with nothing but their own WAL: %s', (_, mayThin, cause) => {
    const found = reachable({ present: on(1, 2, 3, 7, 8), sets: [set('a', 2, 3), set('b', 7)], mayThin });
    expect(found.holes).toMatchObject([{ cause, missingCount: 3 }]);
  });

  test('a hole that does not begin right behind a set was not expired', () => {
    const found = reachable({ present: on(1, 2, 3, 7), sets: [set('a', 2), set('b', 7)], mayThin: true });
    expect(found.holes).toMatchObject([{ cause: 'missing' }]);
  });

  test('end before a segment that was archived twice', () => {
    const found = reachable({ present: on(1, 2, 3, 4, 4, 5), sets: [set('a', 2), set('b', 5)] });
    expect(minutes(found)).toEqual([
      [2, 3, 'a'],
      [5, 5, 'b'],
    ]);
    expect(found.holes).toMatchObject([{ cause: 'duplicate', firstMissing: segment(4) }]);
  });

  test('do not begin with a set that lacks WAL of its own', () => {
    const found = reachable({ present: on(1, 2, 4, 5), sets: [set('a', 2, 4), set('b', 5)] });
    expect(minutes(found)).toEqual([[5, 5, 'b']]);
    expect(found.unusable).toEqual([{ label: 'a', missing: segment(3) }]);
  });

  test('a set whose first segment is gone is unusable too', () => {
    expect(reachable({ present: on(1, 4), sets: [set('a', 2)] }).unusable).toEqual([
      { label: 'a', missing: segment(2) },
    ]);
  });

  test('go on along the timelines of a failover', () => {
    const spans = [
      { timeline: 1, begin: 0n },
      { timeline: 2, begin: 5n * SEGMENT + 100n },
    ];
    // Timeline 1 went on to 7, which the way leaves; segment 5 is there on timeline 2 alone.
    const found = reachable({ present: [...on(1, 2, 3, 4, 6, 7), ...on(2, 5, 6)], sets: [set('a', 2)], spans });
    expect(minutes(found)).toEqual([[2, 6, 'a']]);
    expect(found.windows).toMatchObject([{ lastSegment: segment(6, 2) }]);
    expect(found.holes).toEqual([]);
  });

  test('have a hole where the first segment of a new timeline is missing', () => {
    const spans = [
      { timeline: 1, begin: 0n },
      { timeline: 2, begin: 5n * SEGMENT + 100n },
    ];
    const found = reachable({ present: [...on(1, 2, 3, 4, 5), ...on(2, 7)], sets: [set('a', 2)], spans });
    expect(minutes(found)).toEqual([[2, 5, 'a']]);
    expect(found.holes).toMatchObject([{ firstMissing: segment(6, 2), nextPresent: segment(7, 2) }]);
  });

  test('a set that was taken offline is a single moment', () => {
    const offline = backupSet({ label: 'o', walStart: null, walStop: null, lsnStop: null, stoppedAt: at(1) });
    const found = reachable({ present: on(1, 4, 5), sets: [offline, set('a', 4)] });
    expect(minutes(found)).toEqual([
      [1, 1, 'o'],
      [4, 5, 'a'],
    ]);
    expect(found.windows[0]?.lastSegment).toBeNull();
  });
});

describe('the ranges of an archive', () => {
  test('are few, however many segments there are, across the ends of log files', () => {
    const names = numbers(200, 600).map((number) => ({ name: segment(number), archivedAt: at(0) }));
    const found = walRanges(listingOf(names).segments, DEFAULT_SEGMENT_BYTES);
    expect(found).toMatchObject({ ranges: [{ timeline: 1, first: 200n, last: 600n }], count: 401, last: segment(600) });
  });
});
