import { expect, test } from 'vitest';
import { formatLsn, parseLsn } from '../../../src/postgres/lsn.ts';

test.each([
  ['0/0', 0n],
  ['0/3000148', 0x3000148n],
  ['16/B374D848', 0x16b374d848n],
  ['FFFFFFFF/FFFFFFFF', 0xffffffffffffffffn],
])('%j is read and written alike', (text, lsn) => {
  expect(parseLsn(text)).toBe(lsn);
  expect(formatLsn(lsn)).toBe(text);
});

test('what pgBackRest writes in lower case, and spaces around, are read too', () => {
  expect(parseLsn(' 0/a000028 ')).toBe(0xa000028n);
  expect(parseLsn('0/00000FF')).toBe(0xffn);
});

test.each(['', '0', '0/', '/0', '0/G', '0x0/1', '1/2/3', '-1/0', '123456789/0', '0/123456789', '0 / 1'])(
  '%j is none',
  (text) => {
    expect(parseLsn(text)).toBeNull();
  },
);
