import { expect, test } from 'vitest';
import { lackOf } from '../../../src/drill/room-watch.ts';

const MB = 1024 ** 2;

const BEFORE = { freeBytes: 600 * MB, freeFiles: 20_000, allFiles: 1_000_000 };

test.each([
  ['fewer bytes than must stay free', { ...BEFORE, freeBytes: 400 * MB }, 'must stay free'],
  ['fewer files than one in fifty', { ...BEFORE, freeFiles: 19_999 }, 'takes 19,999 more files'],
])('ends a run: %s', (_, room, words) => {
  expect(lackOf(room, 500 * MB)).toMatchObject({
    code: 'disk-full',
    message: expect.stringContaining(words) as string,
  });
});

test.each([
  ['enough of both', BEFORE],
  ['100,000 of very many files', { ...BEFORE, freeFiles: 100_000, allFiles: 99_000_000 }],
  ['a file system that counts no files', { ...BEFORE, freeFiles: 0, allFiles: 0 }],
])('lets a run go on: %s', (_, room) => {
  expect(lackOf(room, 500 * MB)).toBeNull();
});
