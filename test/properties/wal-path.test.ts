import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { walRanges } from '../../src/check-up/wal-ranges.ts';
import { walRuns } from '../../src/check-up/wal-runs.ts';
import { reachableAlong } from '../../src/check-up/windows.ts';
import { SegmentTable } from '../../src/pgbackrest/segment-table.ts';
import { timelineSpans, walPath, type TimelineSpan } from '../../src/pgbackrest/wal-path.ts';
import { parseSegmentName, segmentName, segmentNumberAt } from '../../src/postgres/wal-segment.ts';
import { backupSet } from '../fixtures/facts.ts';
import { expectHolds } from '../fixtures/properties.ts';

const sizes = fc.constantFrom(...[1, 2, 16, 64, 1024].map((megabytes) => megabytes * 1024 * 1024));

/** A few segments before the end of a log of 4 GB, and behind it: there the names carry over. */
const firsts = fc.constantFrom(1n, 2n, 254n, 4093n);

/** Timelines on a way with the segments in which each begins: often several in one segment. */
interface World {
  readonly segmentBytes: number;
  readonly first: bigint;
  readonly spans: readonly TimelineSpan[];
  /** Segments that are in the archive, as timeline and number; one that stands twice lies there twice. */
  readonly archive: readonly (readonly [timeline: number, number: bigint])[];
}

const LONGEST = 24;

const worlds: fc.Arbitrary<World> = fc
  .tuple(
    sizes,
    firsts,
    fc.array(fc.tuple(fc.nat(LONGEST), fc.constantFrom(0n, 1n, 40n, 0xfffffn)), { maxLength: 4 }),
    fc.array(fc.nat(99), { minLength: 5 * LONGEST, maxLength: 5 * LONGEST }),
    fc.constantFrom(0, 3, 10, 40),
    fc.array(fc.nat(5 * LONGEST - 1), { maxLength: 2 }),
  )
  .map(([segmentBytes, first, forks, chances, holes, twice]) => {
    const begins = forks
      .map(([segments, offset]) => (first + BigInt(segments)) * BigInt(segmentBytes) + offset)
      .toSorted((a, b) => Number(a - b));
    const spans = [0n, ...begins].map((begin, index) => ({ timeline: index + 1, begin }));
    const all = chances.map((_, index) => [1 + Math.floor(index / LONGEST), first + BigInt(index % LONGEST)] as const);
    const archive = all.flatMap((segment, index) =>
      (chances[index] ?? 0) < holes ? [] : twice.includes(index) ? [segment, segment] : [segment],
    );
    return { segmentBytes, first, spans, archive };
  });

function tableOf({ archive, segmentBytes }: World): SegmentTable {
  const table = new SegmentTable();
  for (const [index, [timeline, number]] of archive.entries())
    table.add(
      segmentName({ timeline, number }, segmentBytes),
      index.toString(16).padStart(40, '0'),
      1_795_000_000 + Number(number),
    );
  return table;
}

/** The slow and obvious model: a timeline has a segment if it was begun in it or before, and left in it or later. Newest first. */
function timelinesOf(number: bigint, { spans, segmentBytes }: World): number[] {
  return spans
    .filter(({ begin }, index) => {
      const next = spans[index + 1];
      const isBegun = segmentNumberAt(begin, segmentBytes) <= number;
      return isBegun && (next === undefined || segmentNumberAt(next.begin, segmentBytes) >= number);
    })
    .map(({ timeline }) => timeline)
    .toReversed();
}

test('the way of a recovery is that of the model, over random timelines and holes', () => {
  expectHolds(
    fc.property(worlds, (world) => {
      const { segmentBytes, first, spans, archive } = world;
      const has = (timeline: number, number: bigint): boolean =>
        archive.some(([t, n]) => t === timeline && n === number);
      const expected: string[] = [];
      let number = first;
      for (;;) {
        const timeline = timelinesOf(number, world).find((one) => has(one, number));
        if (timeline === undefined) break;
        expected.push(segmentName({ timeline, number }, segmentBytes));
        number += 1n;
      }
      const later = archive.filter(([t, n]) => n > number && timelinesOf(n, world).includes(t)).map(([, n]) => n);
      const start = segmentName({ timeline: 1, number: first }, segmentBytes);
      const { segments, gap } = walPath({ present: tableOf(world), spans, start, segmentBytes });

      expect([...segments]).toEqual(expected);
      expect(segments.length).toBe(expected.length);
      expect(expected.map((name) => segments.indexOf(name))).toEqual(expected.map((_, index) => index));
      for (const [index, name] of expected.entries()) expect(segments.at(index)).toBe(name);
      if (later.length === 0) expect(gap).toBeNull();
      else {
        const next = later.toSorted((a, b) => Number(a - b))[0] ?? 0n;
        expect(parseSegmentName(gap?.firstMissing ?? '', segmentBytes)).toEqual({
          timeline: timelinesOf(number, world)[0],
          number,
        });
        expect(gap?.missingCount).toBe(Number(next - number));
        expect(parseSegmentName(gap?.nextPresent ?? '', segmentBytes)?.number).toBe(next);
      }
    }),
  );
});

/** The numbers that archive-get delivers of a timeline that has them, one by one. */
function delivered(world: World): bigint[] {
  const once = world.archive.filter(
    ([t, n]) => world.archive.filter(([timeline, number]) => timeline === t && number === n).length === 1,
  );
  const numbers = Array.from({ length: LONGEST }, (_, index) => world.first + BigInt(index));
  return numbers.filter((n) =>
    timelinesOf(n, world).some((timeline) => once.some(([t, m]) => t === timeline && m === n)),
  );
}

test('what is unbroken in an archive is what the model walks through', () => {
  expectHolds(
    fc.property(worlds, (world) => {
      const numbers = delivered(world);
      const { ranges } = walRanges(tableOf(world), world.segmentBytes);
      const runs = walRuns(ranges, world.spans, world.segmentBytes);
      const walked = runs.flatMap(({ first, last }) =>
        Array.from({ length: Number(last - first) + 1 }, (_, index) => first + BigInt(index)),
      );
      expect(walked).toEqual(numbers);
      for (const [index, { first }] of runs.entries())
        expect(first - (runs[index - 1]?.last ?? -9n)).toBeGreaterThan(1n);
    }),
  );
});

test('a window holds every set that leads into it, and no other; a set that lacks WAL of its own is named', () => {
  const places = fc.array(fc.tuple(fc.nat(LONGEST - 1), fc.nat(4)), { maxLength: 6 });
  expectHolds(
    fc.property(worlds, places, (world, taken) => {
      const { segmentBytes, spans, first } = world;
      const numbers = new Set(delivered(world));
      const sets = taken.map(([at, length], index) => {
        const start = first + BigInt(at);
        return {
          usableFrom: start,
          last: start + BigInt(length),
          set: backupSet({
            label: `set ${index}`,
            walStart: segmentName({ timeline: 1, number: start }, segmentBytes),
            walStop: segmentName({ timeline: 1, number: start + BigInt(length) }, segmentBytes),
            stoppedAt: new Date(1_795_000_000_000 + Number(start) * 60_000 + index * 1000),
          }),
        };
      });
      const isUsable = ({ usableFrom, last }: (typeof sets)[number]): boolean => {
        for (let number = usableFrom; number <= last; number += 1n) if (!numbers.has(number)) return false;
        return true;
      };
      const endOf = (number: bigint): bigint => {
        let end = number;
        while (numbers.has(end + 1n)) end += 1n;
        return end;
      };
      const { ranges, duplicates } = walRanges(tableOf(world), segmentBytes);
      const reachable = reachableAlong({
        sets: sets.map(({ set }) => set),
        spans,
        ranges,
        duplicates,
        segmentBytes,
        mayThin: true,
        archivedAt: () => null,
      });
      const usable = sets.filter(isUsable);
      expect(reachable.unusable.map(({ label }) => label).toSorted()).toEqual(
        sets
          .filter((one) => !isUsable(one))
          .map(({ set }) => set.label)
          .toSorted(),
      );
      const ends = Map.groupBy(usable, ({ usableFrom }) => endOf(usableFrom));
      expect(reachable.windows.length).toBe(ends.size);
      for (const window of reachable.windows) {
        const number = parseSegmentName(window.lastSegment ?? '', segmentBytes)?.number ?? -1n;
        const inside = ends.get(number) ?? [];
        expect(window.sets).toBe(inside.length);
        expect(window.from).toEqual(new Date(Math.min(...inside.map(({ set }) => set.stoppedAt.getTime()))));
        expect(window.to.getTime()).toBeGreaterThanOrEqual(window.knownTo.getTime());
      }
      for (const { unusable } of [reachable])
        for (const { label, missing } of unusable) {
          const one = sets.find(({ set }) => set.label === label);
          const number = parseSegmentName(missing, segmentBytes)?.number ?? -1n;
          expect(numbers.has(number)).toBe(false);
          expect(number).toBeGreaterThanOrEqual(one?.usableFrom ?? -1n);
          expect(number).toBeLessThanOrEqual(one?.last ?? -1n);
        }
      for (const hole of reachable.holes) {
        const missing = parseSegmentName(hole.firstMissing, segmentBytes)?.number ?? -1n;
        const next = parseSegmentName(hole.nextPresent, segmentBytes)?.number ?? -1n;
        expect([numbers.has(missing), numbers.has(next)]).toEqual([false, true]);
        expect(hole.missingCount).toBeGreaterThan(0);
      }
    }),
  );
});

const hex = (part: number): string => part.toString(16).toUpperCase().padStart(8, '0');

test('a name of a segment is read as it is written, of every size', () => {
  const parts = fc.nat(2 ** 32 - 1);
  expectHolds(
    fc.property(sizes, parts, parts, fc.oneof(parts, fc.nat(4096)), (segmentBytes, timeline, log, inLog) => {
      const name = hex(timeline) + hex(log) + hex(inLog);
      const segment = parseSegmentName(name, segmentBytes);
      // In the words of PostgreSQL (XLogFileName): the number in parts of a log of 4 GB.
      const perLog = 2 ** 32 / segmentBytes;
      expect(segment).toEqual(
        inLog < perLog ? { timeline, number: BigInt(log) * BigInt(perLog) + BigInt(inLog) } : null,
      );
      if (segment !== null) expect(segmentName(segment, segmentBytes)).toBe(name);
    }),
  );
});

test('a way leads to a timeline only from one that it came from, before that was left', () => {
  const forks = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.nat(100)), {
    selector: ([timeline]) => timeline,
    maxLength: 5,
  });
  expectHolds(
    fc.property(forks, fc.integer({ min: 1, max: 9 }), fc.nat(100), (given, from, at) => {
      const history = given
        .map(([timeline, lsn]) => ({ timeline, switchLsn: BigInt(lsn) }))
        .toSorted((a, b) => a.timeline - b.timeline);
      const spans = timelineSpans(from, BigInt(at), 10, history);
      const left = history.find(({ timeline }) => timeline === from);
      expect(spans === null).toBe(left === undefined || left.switchLsn < BigInt(at));
      if (spans === null) return;
      expect(spans.map(({ timeline }) => timeline)).toEqual([
        ...history.map(({ timeline }) => timeline).filter((timeline) => timeline >= from),
        10,
      ]);
      expect(spans[0]?.begin).toBe(0n);
    }),
  );
});
