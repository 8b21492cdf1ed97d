import { encodeDuration } from '../core/duration.ts';
import type { Tone } from '../report/document/blocks.ts';
import { counted, durationText, minuteText } from '../report/document/words.ts';
import { cards, link, mark, section, NONE } from './elements.ts';
import { markup, type Html } from './html.ts';
import { drillPath, FRONT, from } from './links.ts';
import { page, type SiteFile } from './page.ts';
import { phasePicture, throughputPicture } from './restore-pictures.ts';
import { DEPTH, runListLinks, runTable } from './run-list.ts';
import { openFollowUps, outcomeText, type SiteRun } from './runs.ts';
import { followUps } from './sign-offs.ts';
import type { SiteData } from './site-data.ts';
import type { Standing, State } from './standing.ts';
import { timePictures } from './time-pictures.ts';
import { changeText, rtoChange } from './trend.ts';
import { yearPictures } from './year.ts';

const LATEST = 15;

/** Pictures show a year, and at least so many runs. */
const YEAR_MS = 366 * 86_400_000;
const FEWEST = 24;

/** The page of a drill: how it stands, how its times go, the calendar, its latest runs. `rows` are those of the scorecard. */
export function drillPage(
  drill: string,
  runs: readonly SiteRun[],
  rows: readonly Standing[],
  data: SiteData,
): SiteFile {
  const shown = recent(runs);
  const pictures = [...timePictures(shown), ...phasePicture(shown), ...throughputPicture(shown)];
  return page({
    path: drillPath(drill),
    title: drill,
    tone: toneOf(rows, openFollowUps(runs).length),
    lead: markup`${rows.map(leadOf)}${openLead(runs)}`,
    body: [
      figures(runs, data),
      followUps(runs, data, DEPTH),
      ...(pictures.length === 0
        ? []
        : [
            section(
              `Times and sizes, ${minuteText(shown[0]?.startedAt ?? '').slice(0, 10)} to ${minuteText(shown.at(-1)?.startedAt ?? '').slice(0, 10)}`,
              ...pictures,
            ),
          ]),
      section('Calendar', ...yearPictures(runs)),
      section('Latest runs', runTable(runs.slice(-LATEST), data)),
      section(
        'All runs',
        markup`<p>${runs.length} ${runs.length === 1 ? 'run is' : 'runs are'} on record.</p>`,
        runListLinks(drill, runs),
      ),
    ],
    trail: [{ title: 'Restore drills', href: from(DEPTH, FRONT) }],
  });
}

function recent(runs: readonly SiteRun[]): readonly SiteRun[] {
  const last = Date.parse(runs.at(-1)?.startedAt ?? '');
  const first = runs.findIndex(({ startedAt }) => last - Date.parse(startedAt) <= YEAR_MS);
  return runs.slice(Math.max(0, Math.min(first, runs.length - FEWEST)));
}

const TONES: Readonly<Record<State, Tone>> = {
  passed: 'good',
  failed: 'bad',
  'no-answer': 'warning',
  'never-run': 'warning',
};

function toneOf(rows: readonly Standing[], open: number): Tone {
  const tones = rows.map(({ state }) => TONES[state]);
  return tones.includes('bad') ? 'bad' : tones.includes('warning') || open > 0 ? 'warning' : 'good';
}

function openLead(runs: readonly SiteRun[]): Html | null {
  const count = openFollowUps(runs).length;
  if (count === 0) return null;
  return markup`<p class="lead">${mark('warning', `${counted(count, 'follow-up')} ${count === 1 ? 'is' : 'are'} open.`)}</p>\n`;
}

/** How a row stands, in a sentence. */
function leadOf({ repo, last, lastPassed, state, overdue, dueNext }: Standing): Html {
  const on = repo === null ? '' : `Repository ${repo}: `;
  if (last === null) return markup`<p class="lead">${mark('neutral', `${on}no run has ended yet.`)}</p>\n`;
  const did = `${on}${outcomeText(last)} on ${minuteText(last.startedAt)}.`;
  const before = state === 'failed' && last.outcome !== 'failed' ? ' The last run that had an answer failed.' : '';
  const passed =
    last.outcome === 'passed'
      ? ''
      : lastPassed === null
        ? ' It has never passed.'
        : ` It last passed on ${minuteText(lastPassed.startedAt)}.`;
  const late = overdue && dueNext !== null ? ` Overdue since ${minuteText(dueNext)}.` : '';
  const tone = overdue && state === 'passed' ? 'warning' : TONES[state];
  return markup`<p class="lead">${mark(tone, did)}${before}${passed}${late}</p>\n`;
}

/** The last run that passed, in numbers. */
function figures(runs: readonly SiteRun[], { reportOf }: SiteData): Html | null {
  const run = runs.findLast(({ outcome }) => outcome === 'passed');
  if (!run?.ended) return null;
  const { rto, rpo } = run.ended;
  const change = rtoChange(runs.filter(({ repo }) => repo === run.repo));
  const several = new Set(runs.flatMap(({ repo }) => repo ?? [])).size > 1;
  const href = reportOf(run);
  const bound = rpo.upperBound ? '≤ ' : '';
  return cards([
    {
      name: 'Last passed',
      value: run.startedAt.slice(0, 10),
      tone: 'neutral',
      note: markup`${several ? `repository ${run.repo ?? NONE}, ` : null}${href === null ? null : link(from(DEPTH, href), 'its report')}`,
    },
    {
      name: 'RTO of that run',
      value: rto.measuredMs === null ? NONE : durationText(rto.measuredMs),
      tone: metTone(rto.met),
      note: promisedText(rto.objectiveMs),
    },
    {
      name: 'RPO of that run',
      value: rpo.measuredMs === null || !rpo.applies ? NONE : `${bound}${durationText(rpo.measuredMs)}`,
      tone: metTone(rpo.met),
      note: rpo.applies ? promisedText(rpo.objectiveMs) : 'a chosen target has none',
    },
    {
      name: 'RTO against before',
      value: change === null ? NONE : changeText(change),
      tone: 'neutral',
      note: change === null ? 'too few runs' : 'the median of the 6 before',
    },
  ]);
}

function promisedText(objectiveMs: number | null): string {
  return objectiveMs === null ? 'no objective' : `of ${encodeDuration(objectiveMs)}`;
}

function metTone(met: boolean | null): Tone {
  if (met === null) return 'neutral';
  return met ? 'good' : 'bad';
}
