import { expect, test } from 'vitest';
import { median } from '../../../src/core/median.ts';

test.each<[number[], number | null]>([
  [[], null],
  [[5], 5],
  [[9, 1], 5],
  [[3, 100, 1], 3],
  [[4, 1, 3, 2], 2.5],
])('the middle of %j is %s', (values, middle) => {
  expect(median(values)).toBe(middle);
});
