import type { Tone } from '../report/document/blocks.ts';
import { durationText, minuteText } from '../report/document/words.ts';
import { below, cards, link, mark, section, table } from './elements.ts';
import { html, type Html } from './html.ts';
import { copiesPath, drillPath, FRONT, scorecardPath } from './links.ts';
import { NONE, rpoCell, rtoCell } from './measures.ts';
import { page, type SiteFile } from './page.ts';
import { parts } from './parts.ts';
import type { ProvenCopy } from './proven-copies.ts';
import { outcomeText, outcomeTone, type SiteRun } from './runs.ts';
import type { SiteData } from './site-data.ts';
import type { Standing } from './standing.ts';
import { trendCell } from './trend.ts';

const TITLE = 'Restore drills';
const ROWS = 150;
const NAMED = 4;

/** The front page: how each drill stands, what needs somebody first. It goes on in further pages where there are many. */
export function* scorecardPages(
  standings: readonly Standing[],
  copies: readonly ProvenCopy[],
  data: SiteData,
): Generator<SiteFile> {
  const all = parts(standings, ROWS);
  for (const { part, items } of all) {
    const head = part === 1 ? [figures(standings, copies)] : [];
    yield page({
      path: scorecardPath(part),
      title: part === 1 ? TITLE : `${TITLE}, part ${part}`,
      tone: worst(standings),
      lead: leadOf(standings, data),
      body: [
        ...head,
        section('Scorecard', items.length === 0 ? empty() : scorecard(items, data), more(part, all.length)),
        ...(part === 1 ? [copiesSection(copies)] : []),
      ],
      trail: part === 1 ? [] : [{ title: TITLE, href: FRONT }],
    });
  }
}

function empty(): Html {
  return html`<p>No run is on record yet. Start one with <code>drill run</code>.</p>`;
}

function worst(standings: readonly Standing[]): Tone {
  if (standings.some(({ state }) => state === 'failed')) return 'bad';
  return standings.length === 0 ? 'neutral' : standings.some(isOpen) ? 'warning' : 'good';
}

function isOpen({ state, overdue }: Standing): boolean {
  return state !== 'passed' || overdue;
}

/** The name of a row of the scorecard. */
export function standingName({ drill, repo }: Standing): string {
  return repo === null ? drill : `${drill}, repository ${repo}`;
}

function leadOf(standings: readonly Standing[], { unrecorded, unreadableLines }: SiteData): Html {
  const lines = leadLines(standings).map(({ tone, words }) => html`<p class="lead">${mark(tone, words)}</p> `);
  const notes = [
    ...(unrecorded === 0 ? [] : [`Runs that are not on record: ${unrecorded}. drill evidence adopt takes them in.`]),
    ...(unreadableLines === 0
      ? []
      : [`Lines of the ledger that cannot be read: ${unreadableLines}. drill evidence verify says which.`]),
  ];
  return html`${lines}${notes.map((words) => html`<p>${mark('warning', words)}</p> `)}`;
}

function leadLines(standings: readonly Standing[]): { tone: Tone; words: string }[] {
  const count = standings.length;
  const of = (state: Standing['state']): Standing[] => standings.filter((standing) => standing.state === state);
  const late = standings.filter(({ overdue }) => overdue);
  const lines: { tone: Tone; words: string }[] = [
    ...named('bad', of('failed'), 'failed'),
    ...named('warning', of('no-answer'), 'had no answer'),
    ...named('warning', of('never-run'), 'never ran'),
    ...named('warning', late, late.length === 1 ? 'is overdue' : 'are overdue'),
  ];
  const passed = of('passed').length;
  if (count === 0) return [];
  const word = count === 1 ? 'The drill' : `All ${count} drills`;
  if (passed === count) return [{ tone: 'good', words: `${word} passed the last time.` }, ...lines];
  return [
    ...lines,
    ...(passed === 0 ? [] : [{ tone: 'good' as const, words: `${passed} of ${count} passed the last time.` }]),
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
function figures(standings: readonly Standing[], copies: readonly ProvenCopy[]): Html {
  const passed = standings.filter(({ state }) => state === 'passed').length;
  const proven = copies.filter((copy) => copy.proven).length;
  const share = (part: number, of: number): Tone =>
    of === 0 ? 'neutral' : part === of ? 'good' : part === 0 ? 'bad' : 'warning';
  return cards([
    {
      name: 'Drills that passed last',
      value: `${passed} of ${standings.length}`,
      tone: share(passed, standings.length),
      note: null,
    },
    longest('Longest recovery (RTO)', standings, ({ ended }) => ended?.rto),
    longest('Most data lost (RPO)', standings, ({ ended }) => (ended?.rpo.applies ? ended.rpo : undefined)),
    { name: 'Copies proven', value: `${proven} of ${copies.length}`, tone: share(proven, copies.length), note: null },
  ]);
}

type Measure = (
  run: SiteRun,
) => { measuredMs: number | null; objectiveMs: number | null; met: boolean | null } | undefined;

/** The worst of what the last passed runs measured, and how many drills keep what was promised. */
function longest(name: string, standings: readonly Standing[], measure: Measure): Parameters<typeof cards>[0][number] {
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

const HEAD = ['Drill', 'Verdict', 'Last run', 'Last passed', 'Due next', 'RTO', 'RPO', 'Trend'];

function scorecard(standings: readonly Standing[], data: SiteData): Html {
  return table({ kind: 'scorecard', head: HEAD, rows: standings.map((standing) => rowOf(standing, data)) });
}

function rowOf(standing: Standing, { reportOf }: SiteData): (Html | string)[] {
  const { drill, repo, runs, last, lastPassed } = standing;
  const name = runs.length === 0 ? html`${drill}` : html`<a href="${drillPath(drill)}">${drill}</a>`;
  const when = (run: SiteRun | null): Html | string => (run ? link(reportOf(run), minuteText(run.startedAt)) : NONE);
  return [
    html`${name}${repo === null ? null : below(`repository ${repo}`)}`,
    verdictCell(standing),
    when(last),
    lastPassed !== null && lastPassed === last ? 'this run' : lastPassed ? when(lastPassed) : mark('bad', 'never'),
    dueCell(standing),
    last ? rtoCell(last) : NONE,
    last ? rpoCell(last) : NONE,
    trendCell(runs),
  ];
}

/** How a drill stands. A run without an answer does not hide that the one before it failed. */
export function verdictCell({ last, state }: Standing): Html {
  if (last === null) return mark('warning', 'never run');
  const before = state === 'failed' && last.outcome !== 'failed' ? below(mark('bad', 'failed before')) : null;
  const codes = last.outcome === 'passed' ? [] : (last.ended?.reasons.slice(0, 2) ?? []);
  return html`${mark(outcomeTone(last), outcomeText(last))}${before}${codes.map((code) => below(code))}`;
}

function dueCell({ dueNext, overdue }: Standing): Html | string {
  if (dueNext === null) return '-';
  const when = html`<span class="nowrap">${minuteText(dueNext)}</span>`;
  return overdue ? html`${mark('warning', 'overdue')}${below(when)}` : when;
}

function more(part: number, count: number): Html | null {
  if (count === 1) return null;
  const before = part === 1 ? null : html`<a href="${scorecardPath(part - 1)}">The rows before</a>`;
  const after = part === count ? null : html`<a href="${scorecardPath(part + 1)}">More drills</a>`;
  return html`<nav class="pages" aria-label="Other parts of the scorecard">${before}${after}</nav>`;
}

function copiesSection(copies: readonly ProvenCopy[]): Html | null {
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
    html`<p>${words} <a href="${copiesPath(1)}">Which copy was proven when, and to which point</a></p>`,
  );
}
