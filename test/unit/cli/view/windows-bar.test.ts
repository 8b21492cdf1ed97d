import { expect, test } from 'vitest';
import { windowsBar } from '../../../../src/cli/view/windows-bar.ts';

const minute = (number: number): string => new Date(number * 60_000).toISOString();
const window = (from: number, to: number) => ({
  from: minute(from),
  fromSet: 'a',
  to: minute(to),
  knownTo: minute(from),
  lastSegment: 'x',
  sets: 1,
});
const hole = (from: number, to: number | null) => ({
  from: minute(from),
  to: to === null ? null : minute(to),
  cause: 'missing' as const,
  firstMissing: 'a',
  missingCount: 1,
  nextPresent: 'b',
});

type Row = readonly [
  windows: readonly (readonly [number, number])[],
  holes: readonly (readonly [number, number | null])[],
  bar: string,
];

// Ten columns of ten minutes; now is minute 100.
test.each<Row>([
  [[[0, 100]], [], '██████████'],
  [[[0, 99]], [], '██████████'],
  [[[0, 70]], [], '███████░░░'],
  [[[0, 70]], [[70, null]], '███████···'],
  [
    [
      [0, 30],
      [60, 100],
    ],
    [[30, 60]],
    '███···████',
  ],
  [
    [
      [0, 35],
      [60, 100],
    ],
    [[35, 60]],
    '███▓··████',
  ],
  [
    [
      [0, 35],
      [36, 100],
    ],
    [[35, 36]],
    '███▓██████',
  ],
  [
    [
      [0, 0],
      [50, 100],
    ],
    [],
    '│····█████',
  ],
  [[], [], ''],
])('windows %j, holes %j: %s', (windows, holes, bar) => {
  const branch = {
    archiveId: '15-1',
    timeline: 1,
    isWanted: true,
    windows: windows.map(([from, to]) => window(from, to)),
    holes: holes.map(([from, to]) => hole(from, to)),
    unusable: [],
  };
  expect(windowsBar(branch, 100 * 60_000, 10)).toBe(bar);
});
