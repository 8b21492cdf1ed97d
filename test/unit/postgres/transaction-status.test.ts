import { expect, test } from 'vitest';
import { lackingFile } from '../../../src/postgres/transaction-status.ts';

const FILE_4 = 4 * 2 ** 20;

test.each<[string, readonly string[], number, string | null]>([
  ['a new cluster', ['0000'], 717, null],
  ['after VACUUM has removed the first', ['0003', '0004'], FILE_4, null],
  ['where the numbers begin anew', ['0FFE', '0FFF', '0000', '0001'], FILE_4, null],
  ['beside what is none of them', ['0000', 'x', '00000'], 3, null],
  ['nothing at all', [], 717, '0000'],
  ['one in the middle', ['0003', '0005', '0007'], 3 * 2 ** 20, '0004'],
  ['the oldest transaction is not told', ['0003', '0005'], 0, '0004'],
  ['VACUUM removed some while the backup was taken', ['0002', '0004', '0005'], FILE_4 + 1, null],
])('%s', (_, names, oldestXid, lacking) => {
  expect(lackingFile(names, oldestXid)).toBe(lacking);
});
