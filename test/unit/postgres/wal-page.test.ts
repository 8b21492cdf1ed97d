import { expect, test } from 'vitest';
import { firstRecord, goesBeyond } from '../../../src/postgres/wal-page.ts';

const SEGMENT = 16 * 1024 * 1024;
/** What 2048 pages of 8 kB hold beside their headers. */
const ROOM = SEGMENT - 40 - 2047 * 24;

/** A header of PostgreSQL 15, as pg_logical_emit_message with 45 MB made one: flags 0x0007, 28286647 bytes to come. */
function header({ flags = 0x0007, remaining = 28_286_647, page = 8192 } = {}): Buffer {
  const bytes = Buffer.alloc(40);
  bytes.writeUInt16LE(0xd110, 0);
  bytes.writeUInt16LE(flags, 2);
  bytes.writeUInt32LE(1, 4);
  bytes.writeUInt32LE(remaining, 16);
  bytes.writeUInt32LE(SEGMENT, 32);
  bytes.writeUInt32LE(page, 36);
  return bytes;
}

test.each([
  ['a record goes over its end', header(), true],
  ['a record ends with its last byte', header({ remaining: ROOM }), true],
  ['only padding follows', header({ remaining: ROOM - 7 }), true],
  ['another record fits', header({ remaining: ROOM - 8 }), false],
  ['a record begins at once', header({ flags: 0x0006, remaining: 0 }), false],
])('no record begins in a segment: %s', (_, bytes, expected) => {
  expect((firstRecord(bytes)?.offset ?? 0) >= SEGMENT).toBe(expected);
});

test.each([
  [header({ flags: 0x0006, remaining: 0 }), 40],
  [header({ remaining: 1 }), 48],
  [header({ remaining: 8192 - 40 }), 8192],
  [header({ remaining: 8192 - 40 + 1 }), 8192 + 24 + 8],
])('where the first record begins', (bytes, offset) => {
  expect(firstRecord(bytes)?.offset).toBe(offset);
});

test.each([['cut', header().subarray(0, 24)] as const, ['of zeroes', Buffer.alloc(40)] as const])(
  'a header that is %s says nothing',
  (_, bytes) => {
    expect(firstRecord(bytes)).toBeNull();
  },
);

test.each([
  [36_000_050, true],
  [ROOM, false],
  [ROOM + 1, true],
  [26, false],
  // Nothing is that long: such a length is damage.
  [0xffff_ffff, false],
])('a first record of %i bytes goes beyond the segment: %s', (bytes, expected) => {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes);
  expect(goesBeyond({ offset: 40, pageBytes: 8192 }, length, SEGMENT)).toBe(expected);
});

test('a length that cannot be read says nothing', () => {
  expect(goesBeyond({ offset: 40, pageBytes: 8192 }, Buffer.alloc(0), SEGMENT)).toBe(false);
});
