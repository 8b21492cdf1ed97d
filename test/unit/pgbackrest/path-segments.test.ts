import { expect, test } from 'vitest';
import { PathSegments } from '../../../src/pgbackrest/path-segments.ts';
import { DEFAULT_SEGMENT_BYTES } from '../../../src/postgres/wal-segment.ts';
import { segment } from '../../fixtures/facts.ts';

/** Over the end of a log, with forks in segments 257 and 259. */
const TIMELINES: readonly (readonly [number, number])[] = [
  [254, 1],
  [255, 1],
  [256, 1],
  [257, 2],
  [258, 2],
  [259, 4],
];
const NAMES = TIMELINES.map(([number, timeline]) => segment(number, timeline));

function segmentsOf(timelines: typeof TIMELINES): PathSegments {
  const segments = new PathSegments(DEFAULT_SEGMENT_BYTES);
  for (const [number, timeline] of timelines) segments.add({ timeline, number: BigInt(number) });
  return segments;
}

test('answers as the list of its names would', () => {
  const segments = segmentsOf(TIMELINES);
  expect([...segments]).toEqual(NAMES);
  expect(segments).toHaveLength(NAMES.length);
  for (let index = -8; index < 8; index += 1) expect(segments.at(index)).toBe(NAMES.at(index));
  const others = [segment(253), segment(260, 4), segment(257, 1), segment(256, 2), segment(258, 3), '00000002.history'];
  for (const name of [...NAMES, ...others]) {
    expect(segments.indexOf(name)).toBe(NAMES.indexOf(name));
    expect(segments.includes(name)).toBe(NAMES.includes(name));
  }
});

test.each([
  [254, undefined],
  [10, undefined],
  [255, segment(254)],
  [257, segment(256)],
  [258, segment(257, 2)],
  [260, segment(259, 4)],
  [999, segment(259, 4)],
])('the last segment before number %i', (number, name) => {
  expect(segmentsOf(TIMELINES).lastBefore(BigInt(number))).toBe(name);
});

test('an empty path holds nothing', () => {
  const segments = segmentsOf([]);
  expect([...segments]).toEqual([]);
  expect([segments.at(0), segments.at(-1), segments.lastBefore(9n), segments.indexOf(segment(9))]).toEqual([
    undefined,
    undefined,
    undefined,
    -1,
  ]);
});
