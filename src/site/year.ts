import { drawCalendar, MONTHS, type DayState } from './charts/calendar.ts';
import { legend, swatch } from './charts/signs.ts';
import { figure, table } from './elements.ts';
import { markup, type Html } from './html.ts';
import type { SiteRun } from './runs.ts';
import { signOf } from './trend.ts';

/** How many years a page shows, from that of the last run back. */
const YEARS = 2;

/** The worst first. */
const STATES: readonly DayState[] = ['failed', 'killed', 'missed', 'no-answer', 'passed'];

/** The calendar of the last years: on which days a drill ran, and what came of it. */
export function yearPictures(runs: readonly SiteRun[]): Html[] {
  const ended = runs.filter(({ outcome }) => outcome !== 'under-way');
  const byYear = Map.groupBy(ended, ({ startedAt }) => Number(startedAt.slice(0, 4)));
  return [...byYear]
    .toSorted(([a], [b]) => b - a)
    .slice(0, YEARS)
    .map(([year, of]) => yearPicture(year, of));
}

function yearPicture(year: number, runs: readonly SiteRun[]): Html {
  const byDay = Map.groupBy(runs, ({ startedAt }) => startedAt.slice(0, 10));
  const days = new Map([...byDay].map(([day, of]) => [day, worstOf(of)]));
  const title = `Calendar of ${year}`;
  const counts = countsOf(runs);
  const description = `${days.size} days on which it ran or was due. ${STATES.map((state) => `${counts[state]} ${WORDS[state]}`).join(', ')}.`;
  const signs = new Set(runs.flatMap((run) => signOf(run) ?? []));
  const key = markup`${swatch('day-passed', 'all runs of the day passed')}${legend(signs)}`;
  return figure(title, drawCalendar(year, days, { title, description }), key, months(runs));
}

const WORDS: Readonly<Record<DayState, string>> = {
  failed: 'failed',
  killed: 'killed',
  missed: 'missed',
  'no-answer': 'without an answer',
  passed: 'passed',
};

function stateOf(run: SiteRun): DayState {
  const sign = signOf(run);
  return STATES.find((state) => state === sign) ?? 'passed';
}

function worstOf(runs: readonly SiteRun[]): DayState {
  const states = new Set(runs.map(stateOf));
  return STATES.find((state) => states.has(state)) ?? 'passed';
}

function countsOf(runs: readonly SiteRun[]): Record<DayState, number> {
  const counts = { failed: 0, killed: 0, missed: 0, 'no-answer': 0, passed: 0 };
  for (const run of runs) counts[stateOf(run)] += 1;
  return counts;
}

function months(runs: readonly SiteRun[]): Html {
  const byMonth = Map.groupBy(runs, ({ startedAt }) => Number(startedAt.slice(5, 7)) - 1);
  return table({
    kind: 'plain',
    head: ['Month', 'Runs', 'Passed', 'Failed', 'No answer', 'Killed', 'Missed'],
    rows: MONTHS.map((name, index) => {
      const of = byMonth.get(index) ?? [];
      const counts = countsOf(of);
      const { passed, failed, killed, missed } = counts;
      return [name, of.length - missed, passed, failed, counts['no-answer'], killed, missed];
    }),
  });
}
