import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backupAge, setsByAge } from '../../../../src/drill/preflight/backup-age.ts';
import { nextTurn, turnReason, type Turn } from '../../../../src/drill/preflight/rotate.ts';
import { namedSet } from '../../../../src/drill/preflight/survey.ts';
import { AGES } from '../../../../src/report/selection.ts';
import { backupSet } from '../../../fixtures/facts.ts';
import { planOf } from '../../../fixtures/plans.ts';

const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 0, 1);

const turn = (differences: Partial<Turn> = {}): Turn => ({
  repo: 1,
  backup: '20260101-030000F',
  age: 'newest',
  target: 'latest',
  lastPassedAt: null,
  lastTriedAt: null,
  ...differences,
});

const setOf = (day: number): { label: string; stoppedAt: Date } => ({
  label: `day ${day}`,
  stoppedAt: new Date(START + day * DAY_MS),
});

describe('the age of a backup set', () => {
  test.each([
    [[], []],
    [[4], ['newest day 4']],
    [
      [4, 2],
      ['newest day 4', 'oldest day 2'],
    ],
    [
      [4, 2, 9],
      ['newest day 9', 'middle day 4', 'oldest day 2'],
    ],
    [
      [1, 2, 3, 4, 5, 6],
      ['newest day 6', 'middle day 4', 'oldest day 1'],
    ],
  ])('of sets of the days %j is %j', (days, expected) => {
    const sets = days.map(setOf);
    expect(setsByAge(sets).map((one) => `${one.age} ${one.set.label}`)).toEqual(expected);
  });

  test('is that of the middle for all between, and none for a set that is not there', () => {
    const sets = [1, 2, 3, 4].map(setOf);
    expect(sets.map((one) => backupAge(one, sets))).toEqual(['oldest', 'middle', 'middle', 'newest']);
    expect(backupAge(setOf(9), sets)).toBeNull();
  });
});

describe('the next turn', () => {
  test.each<[string, Turn[], number | null]>([
    ['none of none', [], null],
    ['the only one', [turn({ lastPassedAt: '2026-02-01T00:00:00Z' })], 0],
    ['one that was never proven', [turn({ lastPassedAt: '2026-02-01T00:00:00Z' }), turn({ repo: 2 })], 1],
    ['the first of several that were never tried', [turn(), turn({ repo: 2 })], 0],
    [
      'one that was never tried before one that failed',
      [turn({ lastTriedAt: '2026-02-01T00:00:00Z' }), turn({ repo: 2 })],
      1,
    ],
    [
      'one that failed, before all that were proven',
      [turn({ lastPassedAt: '2026-02-01T00:00:00Z' }), turn({ lastTriedAt: '2026-03-01T00:00:00Z' })],
      1,
    ],
    [
      'the one that was proven longest ago',
      [turn({ lastPassedAt: '2026-03-01T00:00:00Z' }), turn({ lastPassedAt: '2026-02-01T00:00:00Z' })],
      1,
    ],
  ])('is %s', (_, turns, at) => {
    expect(nextTurn(turns)).toBe(at === null ? null : turns[at]);
  });

  test('has a reason', () => {
    expect(turnReason(turn(), 4, 0)).toBe(
      'of 4 combinations of repository, age of the backup and kind of target this one (repository 1, newest backup, target latest) was never proven',
    );
    expect(turnReason(turn({ lastPassedAt: '2026-02-01T00:00:00Z' }), 4, 1)).toMatch(
      /was proven longest ago, at 2026-02-01T00:00:00Z; 1 could not be drilled and was left out$/,
    );
    expect(turnReason(turn({ lastTriedAt: '2026-02-01T00:00:00Z' }), 4, 2)).toMatch(
      /was never proven, though it was tried; 2 could not be drilled and were left out$/,
    );
  });
});

const written = (choice: string): string => `name: a\nsource: { stanza: main, backup: ${choice} }\n`;

test('a set whose turn it is was named by nobody: what is wrong with its cluster is not overlooked', () => {
  const set = backupSet();
  const named = planOf(written(set.label));
  expect(namedSet(named, [set])).toBe(set);
  const { rotation } = planOf(written('rotate'));
  expect(namedSet({ ...named, rotation }, [set])).toBeUndefined();
});

/** A year of a drill that rotates: backups are taken each week, and so many of them are kept. */
function year(rules: {
  readonly keep: readonly number[];
  readonly targets: readonly string[];
  readonly runs: number;
  readonly passes: (turn: Turn) => boolean;
}): Turn[] {
  const record: { turn: Turn; at: string; passed: boolean }[] = [];
  const last = (one: Pick<Turn, 'repo' | 'age' | 'target'>, passedOnly: boolean): string | null =>
    record.findLast(
      ({ turn: other, passed }) =>
        other.repo === one.repo && other.age === one.age && other.target === one.target && (passed || !passedOnly),
    )?.at ?? null;
  for (let run = 0; run < rules.runs; run += 1) {
    const now = START + (100 + 30 * run) * DAY_MS;
    const turns = rules.keep.flatMap((keep, index) => {
      const weeks = Array.from({ length: keep }, (_, week) => new Date(now - week * 7 * DAY_MS));
      const sets = weeks.map((stoppedAt) => ({ label: stoppedAt.toISOString(), stoppedAt }));
      return setsByAge(sets).flatMap(({ age, set }) =>
        rules.targets.map((target) => {
          const one = { repo: index + 1, backup: set.label, age, target };
          return turn({ ...one, lastPassedAt: last(one, true), lastTriedAt: last(one, false) });
        }),
      );
    });
    const next = nextTurn(turns);
    if (next) record.push({ turn: next, at: new Date(now).toISOString(), passed: rules.passes(next) });
  }
  return record.map((one) => one.turn);
}

const nameOf = ({ repo, age, target }: Pick<Turn, 'repo' | 'age' | 'target'>): string => `${repo} ${age} ${target}`;

const countOf = ({ keep, targets }: { keep: number[]; targets: string[] }): number =>
  keep.reduce((sum, sets) => sum + Math.min(sets, AGES.length), 0) * targets.length;

describe('over a year of monthly runs', () => {
  test('two repositories, three ages and two kinds of target all come up, once', () => {
    const taken = year({ keep: [4, 12], targets: ['latest', 'random'], runs: 12, passes: () => true }).map(nameOf);
    const all = [1, 2].flatMap((repo) =>
      AGES.flatMap((age) => ['latest', 'random'].map((target) => nameOf({ repo, age, target }))),
    );
    expect(taken.toSorted()).toEqual(all.toSorted());
  });

  const rules = fc.record({
    keep: fc.array(fc.integer({ min: 1, max: 14 }), { minLength: 1, maxLength: 3 }),
    targets: fc.uniqueArray(fc.constantFrom('latest', 'random', 'immediate', 'standby'), { minLength: 1 }),
  });

  test('with any retention all come up before one comes again', () => {
    fc.assert(
      fc.property(rules, (given) => {
        const count = countOf(given);
        const taken = year({ ...given, runs: 2 * count, passes: () => true }).map(nameOf);
        expect(new Set(taken.slice(0, count)).size).toBe(count);
        expect(taken.slice(count)).toEqual(taken.slice(0, count));
      }),
    );
  });

  test('one that fails comes again until it passes, and no sooner than all others were tried', () => {
    fc.assert(
      fc.property(rules, fc.nat(), (given, at) => {
        const count = countOf(given);
        const order = year({ ...given, runs: count, passes: () => true }).map(nameOf);
        const bad = order[at % count] ?? '';
        const taken = year({ ...given, runs: count + 3, passes: (one) => nameOf(one) !== bad }).map(nameOf);
        expect(new Set(taken.slice(0, count)).size).toBe(count);
        expect(taken.slice(count)).toEqual([bad, bad, bad]);
      }),
    );
  });
});
