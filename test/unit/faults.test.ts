import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isFalseAlarm, isFalsePass } from '../faults/fault.ts';
import { FAULT_ROWS, FAULTS } from '../faults/table.ts';
import { PLACED_TRIALS } from '../faults/placed-trials.ts';
import { TRIALS } from '../trials/table.ts';

const isRunIn = (id: string, files: readonly string[]): boolean =>
  files.some((file) => new RegExp(`(trial\\(\\s*|\\[)'${id}',`).test(readFileSync(file, 'utf8')));

const idsOf = (rows: readonly { readonly id: string }[]): string[] => rows.map(({ id }) => id);

test('each fault has an id of its own', () => {
  expect(new Set(idsOf(FAULTS)).size).toBe(FAULTS.length);
});

test('each trial about how one drill ends is a fault of one area and one owner, and no other is', () => {
  const placed = Object.values(PLACED_TRIALS).flatMap((owners) =>
    Object.values(owners).flatMap((ids) => ids.split(' ')),
  );
  expect(placed.toSorted()).toEqual(idsOf(TRIALS.filter(({ ending }) => ending !== null)).toSorted());
});

test('each fault is run by a test, a long one in a file of long ones', () => {
  const long = globSync('test/faults/long*.test.ts');
  const short = globSync('test/faults/*.test.ts').filter((file) => !long.includes(file));
  expect(idsOf(FAULT_ROWS.filter((row) => !isRunIn(row.id, row.long ? long : short)))).toEqual([]);
});

test('no fault of the backup passes, and nothing fails without one', () => {
  expect(idsOf(FAULTS.filter(isFalsePass))).toEqual([]);
  expect(idsOf(FAULTS.filter(isFalseAlarm))).toEqual([]);
});

test('there are at least 100 rows beside the trials, and some of each area', () => {
  expect(FAULT_ROWS.length).toBeGreaterThan(100);
  expect(new Set(FAULT_ROWS.map(({ area }) => area)).size).toBe(8);
});
