import { expect, test } from 'vitest';
import { lackOf } from '../../../src/drill/room-watch.ts';

const MB = 1024 ** 2;

test.each([
  ['enough of both', { freeBytes: 600 * MB, freeFiles: 20_000, allFiles: 1_000_000 }, null],
  [
    'fewer bytes than are to stay free',
    { freeBytes: 400 * MB, freeFiles: 20_000, allFiles: 1_000_000 },
    'are to stay free',
  ],
  [
    'fewer files than one in fifty',
    { freeBytes: 600 * MB, freeFiles: 19_999, allFiles: 1_000_000 },
    '19,999 more files',
  ],
  ['one in fifty of very many files', { freeBytes: 600 * MB, freeFiles: 100_000, allFiles: 99_000_000 }, null],
  ['a file system that counts no files', { freeBytes: 600 * MB, freeFiles: 0, allFiles: 0 }, null],
])('%s', (_, room, words) => {
  const lack = lackOf(room, 500 * MB);
  if (words === null) expect(lack).toBeNull();
  else expect(lack).toMatchObject({ code: 'disk-full', message: expect.stringContaining(words) as string });
});
