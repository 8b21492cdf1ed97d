import { expect, test } from 'vitest';
import { compareDecimals } from '../../../src/checks/decimal.ts';

const AS_WRITTEN = [
  '-Infinity',
  '-1e30',
  '-10',
  '-9.99',
  '-0.5',
  '0',
  '1e-9',
  '.5',
  '0.50000000000000000001',
  '1',
  '9007199254740992',
  '9007199254740993',
  '1e+21',
  '1e131072',
  'Infinity',
];

test('numbers are in order, with all their digits', () => {
  for (const [i, a] of AS_WRITTEN.entries()) {
    for (const [j, b] of AS_WRITTEN.entries())
      expect([a, b, Math.sign(compareDecimals(a, b) ?? NaN)]).toEqual([a, b, Math.sign(i - j)]);
  }
});

test.each([
  ['1', '1.000'],
  ['-0', '0'],
  ['1e3', '1000'],
  ['12.5', '125E-1'],
  ['+7', ' 7 '],
  ['5.', '5'],
  [' Infinity ', 'Infinity'],
  ['1e200000', '10e199999'],
])('%s is %s', (a, b) => {
  expect(compareDecimals(a, b)).toBe(0);
});

test.each([
  '',
  ' ',
  '.',
  '-',
  'e5',
  'NaN',
  '0x10',
  '1,5',
  '1 2',
  '--1',
  '1e',
  '1e999999999',
  'Infinit',
  'xInfinity',
  '1Infinity',
  'Infinityx',
  'Infinity1',
])('%j is no number', (text) => {
  expect(compareDecimals(text, '1')).toBeNull();
  expect(compareDecimals('1', text)).toBeNull();
});
