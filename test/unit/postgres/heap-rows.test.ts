import { describe, expect, test } from 'vitest';
import { extensionsIn } from '../../../src/postgres/catalog-extensions.ts';
import { databaseCollation } from '../../../src/postgres/database-collation.ts';
import { heapRows, nameAt } from '../../../src/postgres/heap-rows.ts';

const PAGE = 8192;

interface Tuple {
  readonly data: Buffer;
  readonly flags?: number;
  /** The transaction that deleted it. */
  readonly xmax?: number;
  /** Which columns are there, a bit each; none: all are. */
  readonly present?: readonly number[];
}

/** A page as bufpage.h and htup_details.h have it. */
function page(tuples: readonly Tuple[]): Buffer {
  const bytes = Buffer.alloc(PAGE);
  let end = PAGE;
  for (const [index, { data, flags = 0x0100, xmax = 0, present = [] }] of tuples.entries()) {
    const header = present.length > 0 ? 32 : 24;
    const length = header + data.length;
    end -= Math.ceil(length / 8) * 8;
    bytes.writeUInt32LE(xmax, end + 4);
    bytes.writeUInt16LE(flags | (present.length > 0 ? 1 : 0), end + 20);
    bytes[end + 22] = header;
    bytes.set(present, end + 23);
    bytes.set(data, end + header);
    bytes.writeUInt32LE((length << 17) | (1 << 15) | end, 24 + index * 4);
  }
  bytes.writeUInt16LE(24 + tuples.length * 4, 12);
  bytes.writeUInt16LE(PAGE | 4, 18);
  return bytes;
}

const name = (text: string): Buffer => Buffer.concat([Buffer.from(text), Buffer.alloc(64)]).subarray(0, 64);
const oid = (value: number): Buffer => Buffer.from(Uint32Array.of(value).buffer);
const text = (value: string): Buffer => Buffer.concat([Buffer.of(((value.length + 1) << 1) | 1), Buffer.from(value)]);

describe('the rows of a heap', () => {
  const data = Buffer.concat([oid(16384), name('shop'), oid(10)]);

  test.each([
    ['one that was committed', { data }, ['shop']],
    ['one that is frozen', { data, flags: 0x0300 }, ['shop']],
    ['one whose transaction was rolled back', { data, flags: 0x0200 }, []],
    ['one that was deleted', { data, xmax: 750 }, []],
    ['one whose deletion was rolled back', { data, xmax: 750, flags: 0x0900 }, ['shop']],
    ['one that is locked', { data, xmax: 750, flags: 0x0180 }, ['shop']],
    ['one that is too short', { data: data.subarray(0, 8) }, []],
  ])('%s', (_, tuple: Tuple, found) => {
    expect(heapRows(page([tuple])).map((row) => nameAt(row.data, 4))).toEqual(found);
  });

  test('a file that is none has no rows', () => {
    expect(heapRows(Buffer.alloc(0))).toEqual([]);
    expect(heapRows(Buffer.alloc(PAGE))).toEqual([]);
    expect(heapRows(Buffer.alloc(PAGE, 0xff))).toEqual([]);
  });
});

const about = (provider: string): Buffer =>
  Buffer.concat([
    oid(16384),
    name('shop'),
    oid(10),
    oid(6),
    Buffer.from(provider),
    Buffer.of(0, 1, 0),
    Buffer.alloc(16),
  ]);

/** Bits of the columns up to the one before `first`, and those that follow as told. */
const present = (first: number, ...columns: readonly boolean[]): number[] => {
  let bits = (1 << first) - 1;
  for (const [index, there] of columns.entries()) if (there) bits |= 1 << (first + index);
  return [bits & 0xff, (bits >>> 8) & 0xff, (bits >>> 16) & 0xff];
};

describe('how a database sorts', () => {
  const locales = [text('en_US.UTF-8'), text('de_DE.UTF-8')];
  const libc = { provider: 'libc', locale: 'en_US.UTF-8', version: '2.36' };

  test.each([
    ['15', 15, Buffer.concat([about('c'), ...locales, text('2.36')]), present(13, false, true, false), libc],
    [
      '15 by ICU',
      15,
      Buffer.concat([about('i'), ...locales, text('tr-TR'), text('153.120')]),
      present(13, true, true, false),
      { provider: 'icu', locale: 'tr-TR', version: '153.120' },
    ],
    [
      '16 by ICU with rules',
      16,
      Buffer.concat([about('i'), ...locales, text('und'), text('&V << w'), text('153.120')]),
      present(13, true, true, true, false),
      { provider: 'icu', locale: 'und', version: '153.120' },
    ],
    [
      '17 by PostgreSQL itself',
      17,
      Buffer.concat([about('b'), ...locales, text('C.UTF-8'), text('1')]),
      present(14, true, false, true, false),
      { provider: 'builtin', locale: 'C.UTF-8', version: '1' },
    ],
    [
      '17 without a version',
      17,
      Buffer.concat([about('c'), ...locales]),
      present(14, false, false, false, false),
      { ...libc, version: null },
    ],
  ])('%s', (_, major, data, columns, expected) => {
    const [row] = heapRows(page([{ data, present: columns }]));
    expect(row && databaseCollation(row, major)).toEqual({ oid: 16384, database: 'shop', ...expected });
  });

  test('14, by names and without a version', () => {
    const data = Buffer.concat([
      oid(5),
      name('shop'),
      oid(10),
      oid(6),
      name('tr_TR.UTF-8'),
      name('C'),
      Buffer.alloc(16),
    ]);
    const [row] = heapRows(page([{ data }]));
    expect(row && databaseCollation(row, 14)).toEqual({
      oid: 5,
      database: 'shop',
      provider: 'libc',
      locale: 'tr_TR.UTF-8',
      version: null,
    });
  });
});

const row = (extension: string, version: string): Tuple => ({
  data: Buffer.concat([oid(13_000), name(extension), oid(10), oid(11), Buffer.of(1), text(version)]),
  flags: 0x0300,
});

test('the extensions of a database', () => {
  expect(extensionsIn(page([row('plpgsql', '1.0'), row('postgis', '3.4.2')]), 'geo')).toEqual([
    { database: 'geo', name: 'plpgsql', version: '1.0' },
    { database: 'geo', name: 'postgis', version: '3.4.2' },
  ]);
});
