import type { Tone } from '../report/document/blocks.ts';
import { durationText } from '../report/document/words.ts';
import { cards, mark, NONE, section, type Card } from './elements.ts';
import { markup, type Html } from './html.ts';
import { copiesPath } from './links.ts';
import type { ProvenCopy } from './proven-copies.ts';
import type { SiteRun } from './runs.ts';
import type { SiteData } from './site-data.ts';
import type { Standing } from './standing.ts';

/** How many are named where there may be many. */
const NAMED = 4;

/** The name of a row of the scorecard. */
function standingName({ drill, repo }: Standing): string {
  return repo === null ? drill : `${drill}, repository ${repo}`;
}

/** What stands first: which drills need somebody, or that none does. */
export function leadOf(standings: readonly Standing[], { unrecorded, unreadableLines, selfTest }: SiteData): Html {
  const lines = leadLines(standings).map(({ tone, words }) => markup`<p class="lead">${mark(tone, words)}</p>\n`);
  const notes = [
    ...(unrecorded === 0 ? [] : [`Runs that are not on record: ${unrecorded}. drill evidence adopt takes them in.`]),
    ...(unreadableLines === 0
      ? []
      : [`Lines of the ledger that cannot be read: ${unreadableLines}. drill evidence verify says which.`]),
  ];
  const shown = selfTest === null ? null : markup`<p>${mark(selfTest.tone, selfTest.words)}</p>\n`;
  return markup`${lines}${notes.map((words) => markup`<p>${mark('warning', words)}</p>\n`)}${shown}`;
}

function leadLines(standings: readonly Standing[]): { tone: Tone; words: string }[] {
  const count = standings.length;
  const of = (state: Standing['state']): Standing[] => standings.filter((standing) => standing.state === state);
  const late = standings.filter(({ overdue }) => overdue);
  const open = standings.filter(({ followUps }) => followUps > 0);
  const lines: { tone: Tone; words: string }[] = [
    ...named('bad', of('failed'), 'failed'),
    ...named('warning', of('no-answer'), 'had no answer'),
    ...named('warning', of('never-run'), 'never ran'),
    ...named('warning', late, late.length === 1 ? 'is overdue' : 'are overdue'),
    ...named('warning', open, open.length === 1 ? 'has an open follow-up' : 'have open follow-ups'),
  ];
  if (count === 0 || of('passed').length < count) return lines;
  return [
    { tone: 'good', words: `${count === 1 ? 'The drill' : `All ${count} drills`} passed the last time.` },
    ...lines,
  ];
}

function named(tone: Tone, standings: readonly Standing[], did: string): { tone: Tone; words: string }[] {
  if (standings.length === 0) return [];
  const names = standings.slice(0, NAMED).map(standingName);
  const more = standings.length > NAMED ? ` and ${standings.length - NAMED} more` : '';
  const count = standings.length === 1 ? 'One drill' : `${standings.length} drills`;
  return [{ tone, words: `${count} ${did}: ${names.join('; ')}${more}.` }];
}

/** What most readers come for: how many are sound, how long it takes, how much is lost. */
export function figures(standings: readonly Standing[], copies: readonly ProvenCopy[]): Html {
  const passed = standings.filter(({ state }) => state === 'passed').length;
  const proven = copies.filter((copy) => copy.proven).length;
  return cards([
    {
      name: 'Passed the last time',
      value: `${passed} of ${standings.length}`,
      tone: share(passed, standings.length),
      note: null,
    },
    longest('Longest recovery (RTO)', standings, ({ ended }) => ended?.rto),
    longest('Most data lost (RPO)', standings, ({ ended }) => (ended?.rpo.applies ? ended.rpo : undefined)),
    { name: 'Copies proven', value: `${proven} of ${copies.length}`, tone: share(proven, copies.length), note: null },
  ]);
}

function share(part: number, of: number): Tone {
  if (of === 0) return 'neutral';
  return part === of ? 'good' : part === 0 ? 'bad' : 'warning';
}

type Measure = (
  run: SiteRun,
) => { measuredMs: number | null; objectiveMs: number | null; met: boolean | null } | undefined;

/** The worst of what the last passed runs measured, and how many drills keep what was promised. */
function longest(name: string, standings: readonly Standing[], measure: Measure): Card {
  const last = standings.flatMap(({ last: run }) => (run ? (measure(run) ?? []) : []));
  const passed = standings.flatMap(({ lastPassed }) => (lastPassed ? (measure(lastPassed) ?? []) : []));
  const values = passed.flatMap(({ measuredMs }) => measuredMs ?? []);
  const promised = last.filter(({ objectiveMs }) => objectiveMs !== null);
  const met = promised.filter((of) => of.met === true).length;
  const missed = promised.some((of) => of.met === false);
  return {
    name,
    value: values.length === 0 ? NONE : durationText(Math.max(...values)),
    tone: missed ? 'bad' : 'neutral',
    note: promised.length === 0 ? 'no objective' : `objective met by ${met} of ${promised.length}`,
  };
}

/** Which copies are not proven, with the way to all of them. */
export function copiesLine(copies: readonly ProvenCopy[]): Html | null {
  if (copies.length === 0) return null;
  const open = copies.filter(({ proven }) => !proven);
  const names = open.slice(0, NAMED).map(({ stanza, key }) => `${stanza}, repository ${key}`);
  const rest = open.length > NAMED ? ` and ${open.length - NAMED} more` : '';
  const words =
    open.length === 0
      ? mark(
          'good',
          copies.length === 1
            ? 'The copy that was drilled is proven.'
            : `All ${copies.length} copies that were drilled are proven.`,
        )
      : mark('bad', `Not proven: ${names.join('; ')}${rest}.`);
  return section(
    'Copies of the backup',
    markup`<p>${words} <a href="${copiesPath(1)}">Which copy was proven when, and to which point</a></p>`,
  );
}
