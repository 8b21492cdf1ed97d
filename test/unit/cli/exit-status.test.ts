import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  EXIT,
  EXIT_STATUS_HELP,
  exitStatusOf,
  exitStatusOfOutcome,
  worstExitStatus,
} from '../../../src/cli/exit-status.ts';
import { sampleReport } from '../../fixtures/sample-report.ts';

describe('exitStatusOf', () => {
  const clean = { done: true, kept: null, steps: [] };
  const dirty = { done: false, kept: null, steps: [] };

  test.each([
    ['passed', clean, null, 0],
    ['passed', dirty, null, 4],
    ['failed', clean, null, 1],
    ['failed', dirty, null, 1],
    ['inconclusive', clean, null, 3],
    ['inconclusive', dirty, null, 3],
    ['cancelled', clean, 'SIGINT', 130],
    ['cancelled', clean, 'SIGTERM', 143],
    ['cancelled', dirty, 'SIGTERM', 143],
    ['cancelled', clean, null, 130],
    ['failed', clean, 'SIGINT', 1],
  ] as const)('%s, %o, signal %s: %i', (verdict, cleanup, signal, status) => {
    expect(exitStatusOf(sampleReport({ verdict, cleanup: { ...cleanup, steps: [] } }), signal)).toBe(status);
  });
});

test.each([
  ['usage', null, 2],
  ['busy', null, 5],
  ['failed', null, 1],
  ['warning', null, 1],
  ['inconclusive', null, 3],
  ['cancelled', 'SIGINT', 130],
  ['cancelled', 'SIGTERM', 143],
] as const)('an error of outcome %s, signal %s, ends with %i', (outcome, signal, status) => {
  expect(exitStatusOfOutcome(outcome, signal)).toBe(status);
});

describe('worstExitStatus', () => {
  test('is 0 only when every drill passed', () => {
    expect(worstExitStatus([])).toBe(0);
    expect(worstExitStatus([0, 0])).toBe(0);
    for (const status of Object.values(EXIT)) expect(worstExitStatus([0, status, 0])).toBe(status);
  });

  test('a failed backup outweighs what says less about it', () => {
    expect(worstExitStatus([4, 5, 3, 2, 1, 0])).toBe(1);
    expect(worstExitStatus([3, 5])).toBe(3);
    expect(worstExitStatus([1, 130])).toBe(130);
    expect(worstExitStatus([130, 70])).toBe(70);
  });

  // 13: Node.js has nothing left to wait for; 7: an error in its handler of errors; 127: a shell finds no program.
  test.each([7, 13, 127, 137, -1])('of %i, which is no status of ours, is that of a bug', (status) => {
    expect(worstExitStatus([status])).toBe(70);
    expect(worstExitStatus([0, status, 1])).toBe(70);
  });
});

test('the documents have the order, and it has every status', () => {
  const [, order = ''] =
    /counts that any of them ended with: ([\d,\s]+), and 0/.exec(readFileSync('docs/exit-statuses.md', 'utf8')) ?? [];
  const statuses = [...order.split(',').map(Number), 0];
  expect(new Set(statuses)).toEqual(new Set(Object.values(EXIT)));
  expect(statuses).toHaveLength(Object.values(EXIT).length);
  for (const [index] of statuses.entries())
    expect(worstExitStatus(statuses.slice(index).toReversed())).toBe(statuses[index]);
});

test('the help names every status', () => {
  for (const status of Object.values(EXIT)) expect(EXIT_STATUS_HELP).toMatch(new RegExp(`\\b${status}\\b`));
});
