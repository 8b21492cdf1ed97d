import { expect, test } from 'vitest';
import { lackingFile } from '../../../src/postgres/transaction-status.ts';

test.each<[string, readonly string[], string | null]>([
  ['a new cluster', ['0000'], null],
  ['after VACUUM has removed the first', ['0003', '0004'], null],
  ['where the numbers begin anew', ['0FFE', '0FFF', '0000', '0001'], null],
  ['beside what is none of them', ['0000', 'x', '00000'], null],
  ['nothing at all', [], '0000'],
  ['one in the middle', ['0003', '0005', '0007'], '0004'],
])('%s', (_, names, lacking) => {
  expect(lackingFile(names)).toBe(lacking);
});
