import { expect, test } from 'vitest';
import { leastProven, whyLeastProven } from '../../../../src/cli/all/sample.ts';

const drill = (name: string, lastPassed: string | null, lastBegun: string | null = lastPassed) => ({
  name,
  record: { lastPassed, lastBegun },
});

const DRILLS = [
  drill('proven', '2026-11-01T03:00:00.000Z'),
  drill('long ago', '2026-01-01T03:00:00.000Z', '2026-11-01T03:00:00.000Z'),
  drill('tried', null, '2026-10-01T03:00:00.000Z'),
  drill('new b', null),
  drill('new a', null),
];

test.each([
  [1, ['new a']],
  [3, ['new a', 'new b', 'tried']],
  [9, ['new a', 'new b', 'tried', 'long ago', 'proven']],
])('the %i that were proven longest ago', (count, names) => {
  expect(leastProven(DRILLS, count).map(({ name }) => name)).toEqual(names);
  expect(leastProven(DRILLS.toReversed(), count).map(({ name }) => name)).toEqual(names);
});

test('each with its reason', () => {
  expect(leastProven(DRILLS, 5).map(({ record }) => whyLeastProven(record))).toEqual([
    'never ran',
    'never ran',
    'never passed, last ran 2026-10-01 03:00 UTC',
    'last passed 2026-01-01 03:00 UTC',
    'last passed 2026-11-01 03:00 UTC',
  ]);
});
