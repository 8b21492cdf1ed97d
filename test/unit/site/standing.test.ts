import { describe, expect, test } from 'vitest';
import { standingsOf, type Planned } from '../../../src/site/standing.ts';
import type { PastRun } from '../../../src/store/past-runs.ts';
import { daysBefore, endedRun, killedRun, LAST, runsOf } from '../../fixtures/site-data.ts';

const NOW = '2026-11-29T12:00:00.000Z';
type Verdict = PastRun['verdict'] | 'killed';

const on = (key: number): Partial<PastRun> => ({ copy: { key, type: 'posix', host: null, location: `/r${key}` } });

/** Runs of one repository, the last yesterday. */
function past(verdicts: readonly Verdict[]) {
  const at = (index: number): string => daysBefore(verdicts.length - 1 - index);
  return runsOf(
    verdicts.flatMap((verdict, index) => (verdict === 'killed' ? [] : [endedRun(at(index), { verdict })])),
    verdicts.flatMap((verdict, index) => (verdict === 'killed' ? [killedRun(at(index))] : [])),
  );
}

const daily = (drill: string): Planned => ({
  drill,
  dueAfter: (moment) => new Date(Date.parse(moment) + 86_400_000).toISOString(),
});

const named = (drill: string, verdict: PastRun['verdict']): PastRun => endedRun(LAST, { drill, verdict });

describe('how a drill stands', () => {
  test.each<[Verdict[], string]>([
    [['passed'], 'passed'],
    [['failed', 'passed'], 'passed'],
    [['passed', 'failed'], 'failed'],
    [['passed', 'inconclusive'], 'no-answer'],
    [['passed', 'killed'], 'no-answer'],
    [['cancelled'], 'no-answer'],
    [['failed', 'inconclusive'], 'failed'],
    [['passed', 'failed', 'cancelled', 'killed'], 'failed'],
  ])('%j: %s', (verdicts, state) => {
    expect(standingsOf(past(verdicts), [], NOW)).toMatchObject([{ drill: 'orders', repo: null, state }]);
  });

  test('a run that is under way changes nothing', () => {
    const under = { ...killedRun('2026-11-29T03:00:00.000Z'), state: 'begun' as const };
    const [row] = standingsOf(runsOf([endedRun(LAST)], [under]), [], NOW);
    expect(row).toMatchObject({ state: 'passed', last: { startedAt: LAST } });
  });
});

describe('a drill of several repositories', () => {
  test('has a row for each, and a pass on one hides no failure on another', () => {
    const runs = runsOf([endedRun(daysBefore(1), { ...on(1), verdict: 'failed' }), endedRun(LAST, on(2))]);
    expect(standingsOf(runs, [], NOW)).toMatchObject([
      { repo: 1, state: 'failed' },
      { repo: 2, state: 'passed' },
    ]);
  });

  test('a run whose repository is not known counts for each', () => {
    const ended = [
      endedRun(daysBefore(3), on(1)),
      endedRun(daysBefore(2), on(2)),
      endedRun(LAST, { copy: null, verdict: 'failed' }),
    ];
    expect(standingsOf(runsOf(ended), [], NOW).map(({ state }) => state)).toEqual(['failed', 'failed']);
  });
});

describe('when a drill is due', () => {
  test.each([
    [daysBefore(0), '2026-11-29T03:00:00.000Z', true],
    ['2026-11-29T03:00:00.000Z', '2026-11-30T03:00:00.000Z', false],
    ['2026-11-28T11:30:00.000Z', '2026-11-29T11:30:00.000Z', false],
  ])('last run %s: due %s, overdue %j', (at, dueNext, overdue) => {
    expect(standingsOf(runsOf([endedRun(at)]), [daily('orders')], NOW)).toMatchObject([{ dueNext, overdue }]);
  });

  test('without a plan nobody knows', () => {
    expect(standingsOf(past(['passed']), [], NOW)).toMatchObject([{ dueNext: null, overdue: false }]);
  });

  test('a drill that has a plan and no run is a row', () => {
    expect(standingsOf([], [daily('new')], NOW)).toMatchObject([{ drill: 'new', state: 'never-run', last: null }]);
  });
});

test('what needs somebody stands first', () => {
  const runs = runsOf([named('a', 'passed'), named('b', 'inconclusive'), named('c', 'failed'), named('d', 'passed')]);
  const planned = [{ drill: 'd', dueAfter: () => '2026-11-28T04:00:00.000Z' }];
  expect(standingsOf(runs, planned, NOW).map(({ drill }) => drill)).toEqual(['c', 'b', 'd', 'a']);
});

test('what was missed is no run: the last one stays the last, and the drill is due since then', () => {
  const run = endedRun(daysBefore(5));
  const missed = [{ drill: 'orders', dueAt: daysBefore(3) }];
  const [row] = standingsOf(runsOf([run], [], new Map(), missed), [daily('orders')], NOW);
  expect(row).toMatchObject({ state: 'passed', last: { run: run.run }, dueNext: daysBefore(4), overdue: true });
});
