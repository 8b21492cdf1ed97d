import { expect, test } from 'vitest';
import { didYouMean, nearest } from '../../../src/core/nearest.ts';

test.each([
  ['tme', ['time', 'name', 'lsn'], 'time'],
  ['mian', ['main', 'min', 'orders'], 'main'],
  ['lastest', ['latest', 'oldest'], 'latest'],
  ['Europe/Munich', ['Europe/Zurich', 'Europe/Berlin'], 'Europe/Zurich'],
  ['SQL', ['sql', 'file'], 'sql'],
  ['x', ['time', 'lsn'], null],
  ['work_men', ['work_mem', 'wal_level'], 'work_mem'],
  ['nope', ['orders'], null],
])('%s among %j is %s', (typed, candidates, expected) => {
  expect(nearest(typed, candidates)).toBe(expected);
});

test('nothing is said where nothing is near', () => {
  expect(didYouMean('tme', ['time'])).toBe('; did you mean time?');
  expect(didYouMean('nope', ['time'])).toBe('');
});
