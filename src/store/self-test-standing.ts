import { secondText } from '../report/document/words.ts';
import type { PastSelfTest } from './past-self-tests.ts';

/** Whether drills were shown to fail when they must, in words. */
export interface SelfTestStanding {
  readonly tone: 'good' | 'warning' | 'bad';
  readonly words: string;
}

type Told = Pick<
  PastSelfTest,
  'outcome' | 'isWhole' | 'startedAt' | 'pgdrill' | 'postgres' | 'pgbackrest' | 'host' | 'faults'
>;

/**
 * What self-tests have shown, oldest first, to whoever reads with this version of the program; null: nothing is on record. One that was
 * asked for some faults alone shows nothing unless it has missed one.
 */
export function standingOfSelfTests(tests: readonly Told[], version: string): SelfTestStanding | null {
  const counting = tests.filter(({ isWhole, outcome }) => isWhole || outcome === 'failed');
  const last = counting.at(-1);
  if (last === undefined) return null;
  if (last.outcome === 'failed') return { tone: 'bad', words: failedText(last) };
  const passed = counting.findLast(({ outcome }) => outcome === 'passed');
  if (passed === undefined) return { tone: 'warning', words: `${lastText(last)}, and none has passed.` };
  const later = passed === last ? '' : ` ${lastText(last)}.`;
  const other =
    passed.pgdrill === version
      ? ''
      : ` That was another version of pgdrill; this is ${version}, of which nothing is shown: drill self-test shows it.`;
  return { tone: later === '' && other === '' ? 'good' : 'warning', words: `${shownText(passed)}${other}${later}` };
}

function shownText(test: Told): string {
  const { startedAt, faults, host } = test;
  return `This runner was shown to fail when it must on ${secondText(startedAt)}, on ${host}, with ${programs(test)}: ${faults.length} of ${faults.length} faults were caught.`;
}

function lastText({ startedAt, outcome, host }: Told): string {
  return `The last self-test, of ${secondText(startedAt)} on ${host}, was ${outcome}`;
}

function failedText({ startedAt, host, pgdrill, faults }: Told): string {
  const missed = faults.filter(({ result }) => result === 'missed');
  const names = missed.map(({ fault }) => fault).join(', ');
  const what = `The last self-test, of ${secondText(startedAt)} on ${host}, failed: a drill passed with ${names}.`;
  return missed.every(({ blames }) => blames === 'plan')
    ? `${what} The checks of that plan cannot fail.`
    : `${what} No report of that runner of that version (pgdrill ${pgdrill}) can be relied on.`;
}

function programs({ pgdrill, postgres, pgbackrest }: Told): string {
  return [`pgdrill ${pgdrill}`, `PostgreSQL ${postgres ?? '?'}`, `pgBackRest ${pgbackrest ?? '?'}`].join(', ');
}
