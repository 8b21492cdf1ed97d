import { describe, expect, test } from 'vitest';
import { parseLsn } from '../../../src/postgres/lsn.ts';
import {
  DEFAULT_SEGMENT_BYTES,
  inferSegmentBytes,
  parseSegmentName,
  segmentName,
  segmentNumberAt,
} from '../../../src/postgres/wal-segment.ts';

const MB = 1024 * 1024;
const lsn = (text: string): bigint => parseLsn(text) ?? -1n;

describe('names of segments', () => {
  test.each([
    ['000000010000000000000001', 16 * MB, 1, 1n],
    ['0000000100000000000000FF', 16 * MB, 1, 255n],
    ['000000010000000100000000', 16 * MB, 1, 256n],
    ['0000000A00000002000000FE', 16 * MB, 10, 2n * 256n + 254n],
    ['0000000100000000000003FF', 4 * MB, 1, 1023n],
    ['000000010000000100000000', 4 * MB, 1, 1024n],
    ['000000010000000000000FFF', MB, 1, 4095n],
    ['000000010000000100000000', MB, 1, 4096n],
    ['000000010000000000000003', 1024 * MB, 1, 3n],
    ['000000010000000100000000', 1024 * MB, 1, 4n],
    ['FFFFFFFFFFFFFFFF000000FF', 16 * MB, 0xffffffff, 0xffffffffn * 256n + 255n],
  ])('%s with %i bytes', (name, bytes, timeline, number) => {
    expect(parseSegmentName(name, bytes)).toEqual({ timeline, number });
    expect(segmentName({ timeline, number }, bytes)).toBe(name);
  });

  test('go on over the end of a log', () => {
    const last = parseSegmentName('0000000100000000000000FF', DEFAULT_SEGMENT_BYTES)?.number ?? 0n;
    expect(segmentName({ timeline: 1, number: last + 1n }, DEFAULT_SEGMENT_BYTES)).toBe('000000010000000100000000');
  });

  test.each([
    '',
    '00000002.history',
    '000000010000000000000006.00000028.backup',
    '000000010000000000000006.partial',
    '00000001000000000000000a',
    '00000001000000000000000',
    '0000000100000000000000011',
    '000000010000000000000001-9368651acbfadd8c01f92e96c0329a9bbea00504.zst',
  ])('%j is none', (name) => {
    expect(parseSegmentName(name, DEFAULT_SEGMENT_BYTES)).toBeNull();
  });
});

test.each([
  ['0/0', 16 * MB, 0n],
  ['0/FFFFFF', 16 * MB, 0n],
  ['0/1000000', 16 * MB, 1n],
  ['1/0', 16 * MB, 256n],
  ['1/0', 64 * MB, 64n],
])('the byte at %s lies, with segments of %i bytes, in number %i', (at, bytes, number) => {
  expect(segmentNumberAt(lsn(at), bytes)).toBe(number);
});

describe('inferSegmentBytes', () => {
  test.each([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024])(
    'tells segments of %i MB from where backups began',
    (size) => {
      const bytes = size * MB;
      const pairs = ['0/5000028', '2/ABCDEF28', '7/F0000028'].map((text) => ({
        lsn: lsn(text),
        segment: segmentName({ timeline: 1, number: segmentNumberAt(lsn(text), bytes) }, bytes),
      }));
      expect(inferSegmentBytes(pairs)).toBe(bytes);
    },
  );

  test('takes the default where it fits as well as others, and where nothing is known', () => {
    expect(inferSegmentBytes([{ lsn: lsn('0/28'), segment: '000000010000000000000000' }])).toBe(DEFAULT_SEGMENT_BYTES);
    expect(inferSegmentBytes([])).toBe(DEFAULT_SEGMENT_BYTES);
  });
});

test('a name that no segment of this size has is none: its number would be that of another', () => {
  expect(parseSegmentName('0000000100000000000000FF', DEFAULT_SEGMENT_BYTES)?.number).toBe(255n);
  expect(parseSegmentName('000000010000000000000100', DEFAULT_SEGMENT_BYTES)).toBeNull();
  expect(parseSegmentName('00000001FFFFFFFF00000FFF', DEFAULT_SEGMENT_BYTES)).toBeNull();
  expect(parseSegmentName('00000001FFFFFFFF00000FFF', 1024 * 1024)?.number).toBe(2n ** 44n - 1n);
});
