import type { Tone } from '../report/document/blocks.ts';
import { counted } from '../report/document/words.ts';
import { around, below, link, mark, section, table, NONE } from './elements.ts';
import { markup, type Html } from './html.ts';
import { drillPath, FRONT, scorecardPath } from './links.ts';
import { rpoCell, rtoCell, timeText } from './measures.ts';
import { copiesLine, figures, leadOf } from './summary.ts';
import { page, type SiteFile } from './page.ts';
import { parts } from './parts.ts';
import type { ProvenCopy } from './proven-copies.ts';
import { codesOf, outcomeText, outcomeTone, type SiteRun } from './runs.ts';
import type { SiteData } from './site-data.ts';
import type { Standing } from './standing.ts';
import { trendCell } from './trend.ts';

const TITLE = 'Restore drills';
const ROWS = 150;

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
        section(
          'Scorecard',
          items.length === 0 ? empty() : scorecard(items, data),
          around(
            'Other parts of the scorecard',
            part === 1 ? null : { href: scorecardPath(part - 1), words: 'The rows before' },
            part === all.length ? null : { href: scorecardPath(part + 1), words: 'More drills' },
          ),
        ),
        ...(part === 1 ? [copiesLine(copies)] : []),
      ],
      trail: part === 1 ? [] : [{ title: TITLE, href: FRONT }],
    });
  }
}

function empty(): Html {
  return markup`<p>No run is on record yet. Start one with <code>drill run</code>.</p>`;
}

function worst(standings: readonly Standing[]): Tone {
  if (standings.some(({ state }) => state === 'failed')) return 'bad';
  return standings.length === 0 ? 'neutral' : standings.some(isOpen) ? 'warning' : 'good';
}

function isOpen({ state, overdue, followUps }: Standing): boolean {
  return state !== 'passed' || overdue || followUps > 0;
}

const HEAD = ['Drill', 'Verdict', 'Last run', 'Last passed', 'Due next', 'RTO', 'RPO', 'Trend'];

function scorecard(standings: readonly Standing[], data: SiteData): Html {
  return table({ kind: 'scorecard', head: HEAD, rows: standings.map((standing) => rowOf(standing, data)) });
}

function rowOf(standing: Standing, { reportOf }: SiteData): (Html | string)[] {
  const { drill, repo, runs, last } = standing;
  const name = runs.length === 0 ? markup`${drill}` : markup`<a href="${drillPath(drill)}">${drill}</a>`;
  const when = (run: SiteRun | null): Html | string => (run ? link(reportOf(run), timeText(run.startedAt)) : NONE);
  return [
    markup`${name}${repo === null ? null : below(`repository ${repo}`)}`,
    verdictCell(standing),
    when(last),
    last === null ? NONE : passedCell(standing, when),
    dueCell(standing),
    last ? rtoCell(last) : NONE,
    last ? rpoCell(last) : NONE,
    trendCell(runs),
  ];
}

function passedCell({ last, lastPassed }: Standing, when: (run: SiteRun) => Html | string): Html | string {
  if (lastPassed === null) return mark('bad', 'never');
  return lastPassed === last ? 'the last run' : when(lastPassed);
}

/** How a drill stands. A run without an answer does not hide that the one before it failed. */
function verdictCell({ last, state, followUps }: Standing): Html {
  if (last === null) return mark('warning', 'never run');
  const before = state === 'failed' && last.outcome !== 'failed' ? below(mark('bad', 'failed before')) : null;
  const open = followUps === 0 ? null : below(mark('warning', counted(followUps, 'open follow-up')));
  const codes = last.outcome === 'passed' ? [] : codesOf(last).slice(0, 2);
  return markup`${mark(outcomeTone(last), outcomeText(last))}${before}${codes.map((code) => below(code))}${open}`;
}

function dueCell({ dueNext, overdue }: Standing): Html | string {
  if (dueNext === null) return NONE;
  const when = markup`<span class="nowrap">${timeText(dueNext)}</span>`;
  return overdue ? markup`${mark('warning', 'overdue')}${below(when)}` : when;
}
