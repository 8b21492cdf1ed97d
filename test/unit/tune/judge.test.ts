import { expect, test } from 'vitest';
import type { DrillReport } from '../../../src/report/report.ts';
import { bestOf, gainWanted, spreadOf, triedOf, worthOf } from '../../../src/tune/judge.ts';
import { sampleReport } from '../../fixtures/sample-report.ts';

const SAMPLE = sampleReport();
const NOW = { id: 'as configured', lines: [] };
const WAY = { id: 'process-max=4', lines: [] };

function measured(rtoMs: number | null, walBytes = 1000): DrillReport {
  return {
    ...SAMPLE,
    rto: { ...SAMPLE.rto, measuredMs: rtoMs },
    recovery: SAMPLE.recovery && { ...SAMPLE.recovery, walBytes },
  };
}

const ways = (...ratios: (number | null)[]): { ratio: number | null }[] => ratios.map((ratio) => ({ ratio }));

const now = triedOf(NOW, { reports: [measured(1000)], why: null }, null);

test('the drill as configured is what others are compared with', () => {
  expect(now).toMatchObject({ id: 'as configured', drills: 1, rtoMs: 1000, ratio: 1, why: null });
});

test.each([
  ['one', [600], 600],
  ['the middle of three', [900, 100, 600], 600],
  ['between the middle two of four', [1, 500, 700, 10_000], 600],
])('the median of %s', (_, rtos, rtoMs) => {
  const reports = rtos.map((rto) => measured(rto));
  expect(triedOf(WAY, { reports, why: null }, now)).toMatchObject({ drills: rtos.length, rtoMs, ratio: rtoMs / 1000 });
});

test.each([
  ['it did not pass', [], 'was failed: disk-full: no room', 'was failed: disk-full: no room'],
  ['one of its drills did not pass', [measured(500)], 'was refused: busy', 'was refused: busy'],
  ['it replayed another amount of WAL', [measured(500, 1100)], null, /another amount of WAL/],
  ['nothing was measured', [measured(null)], null, 'its RTO was not measured'],
])('there is no ratio where %s', (_, reports, why, says) => {
  const tried = triedOf(WAY, { reports, why }, now);
  expect(tried.ratio).toBeNull();
  expect(tried.why).toMatch(says);
});

test('where the drill as configured measured nothing, nothing is compared with it', () => {
  const none = triedOf(NOW, { reports: [measured(null)], why: null }, null);
  expect(none).toMatchObject({ ratio: null, why: 'its RTO was not measured' });
  expect(triedOf(WAY, { reports: [measured(500)], why: null }, none)).toMatchObject({ rtoMs: 500, ratio: null });
});

test('of each knob at most one way is taken, and only where it gains a tenth', () => {
  expect(worthOf([ways(1.3, 0.9, 0.5), ways(0.91), ways(0.9), ways(), ways(null)], 0.1)).toEqual(ways(0.5, 0.9));
  expect(bestOf(ways(1.3, 0.91, null), 0.1)).toBeNull();
});

test.each([
  ['the plainer of two that gain as much', ways(0.63, 0.6), 0.1, 0.63],
  ['the fastest where it gains enough over the plainer ones', ways(0.8, 0.6), 0.1, 0.6],
  ['none within what drills of the same differ by', ways(0.8, 0.75), 0.3, null],
])('%s', (_, some, wanted, ratio) => {
  expect(bestOf(some, wanted)?.ratio ?? null).toBe(ratio);
});

test('what has to be gained is what drills as configured differed by, and a tenth at least', () => {
  const spread = spreadOf([measured(1000), measured(1200), measured(900)]);
  expect(spread).toBeCloseTo(0.3);
  expect(gainWanted(spread)).toBe(spread);
  expect(gainWanted(spreadOf([measured(1000), measured(1010)]))).toBe(0.1);
  expect(spreadOf([measured(1000)])).toBeNull();
  expect(gainWanted(null)).toBe(0.1);
});
