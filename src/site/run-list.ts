import { durationText, secondText, sizeText } from '../report/document/words.ts';
import { around, below, link, mark, section, table, NONE } from './elements.ts';
import { markup, type Html } from './html.ts';
import { drillPath, FRONT, from, runListPath } from './links.ts';
import { rpoCell, rtoCell, timeText } from './measures.ts';
import { page, type SiteFile } from './page.ts';
import { parts } from './parts.ts';
import { codesOf, outcomeText, outcomeTone, type SiteRun } from './runs.ts';
import { shortened } from '../core/shortened.ts';
import { aboutSignOffs, signOffCell } from './sign-offs.ts';
import type { SiteData } from './site-data.ts';

/** How many runs a page lists. */
const LISTED = 300;

/** How many folders a page of a drill lies below the front page. */
export const DEPTH = 2;

const CODES = 3;

/** Some runs of a drill, the newest first. */
export function runTable(runs: readonly SiteRun[], { reportOf }: SiteData): Html {
  // Where nobody signs anything off, a column of dashes would be in the way.
  const isSigned = runs.some(({ reviews }) => reviews.length > 0);
  const signed = isSigned ? ['Signed off'] : [];
  const head = ['Started', 'Verdict', 'Repository', 'Backup', 'RTO', 'RPO', 'Size', ...signed];
  const rows = runs.toReversed().map((run): (Html | string)[] => {
    const href = reportOf(run);
    const { ended } = run;
    return [
      link(href === null ? null : from(DEPTH, href), timeText(run.startedAt)),
      markup`${verdict(run)}${fallbackCell(run, reportOf)}`,
      run.repo === null ? NONE : String(run.repo),
      ended?.backup ? markup`<code>${shortened(ended.backup.label)}</code>` : NONE,
      rtoCell(run),
      rpoCell(run),
      ended?.restored ? sizeText(ended.restored.bytes) : NONE,
      ...(isSigned ? [signOffCell(run)] : []),
    ];
  });
  return markup`${table({ kind: 'runs', head, rows })}${aboutSignOffs(runs)}`;
}

function verdict(run: SiteRun): Html {
  const codes = codesOf(run).slice(0, CODES);
  return markup`${mark(outcomeTone(run), outcomeText(run))}${codes.map((code) => below(shortened(code)))}`;
}

/** Below the verdict, and in no column of its own: what a fallback came to is no verdict of the drill. */
function fallbackCell({ fallback }: SiteRun, reportOf: SiteData['reportOf']): Html | null {
  if (fallback === null) return null;
  const { verdict: came, recoveredTo, rto } = fallback;
  const to = came === 'passed' && recoveredTo !== null ? `: recovers to ${secondText(recoveredTo)}` : `: ${came}`;
  const took = came === 'passed' && rto.measuredMs !== null ? `, RTO ${durationText(rto.measuredMs)}` : '';
  const href = reportOf(fallback);
  return below(link(href === null ? null : from(DEPTH, href), `fallback${to}${took}`));
}

/** What a part of the list holds: `2026-01-01 to 2026-03-04`. */
function spanText(runs: readonly SiteRun[]): string {
  return runs.length === 0 ? 'no run' : `${dayOf(runs.at(0))} to ${dayOf(runs.at(-1))}`;
}

function dayOf(run: SiteRun | undefined): string {
  return run?.startedAt.slice(0, 10) ?? NONE;
}

/** Links to all parts of the list of a drill, the newest first. */
export function runListLinks(drill: string, runs: readonly SiteRun[]): Html {
  const links = parts(runs, LISTED).toReversed();
  const one = ({ part, items }: (typeof links)[number]): Html =>
    markup`<a href="${from(DEPTH, runListPath(drill, part))}">${spanText(items)} (${items.length})</a>\n`;
  return markup`<nav class="pages" aria-label="All runs of ${drill}">\n${links.map(one)}</nav>`;
}

/**
 * All runs of a drill. The parts count from the oldest run on and name their neighbours alone, so that one more run changes
 * the last of them, and not all.
 */
export function* runListPages(drill: string, runs: readonly SiteRun[], data: SiteData): Generator<SiteFile> {
  const all = parts(runs, LISTED);
  for (const { part, items } of all) {
    const links = around(
      'Other runs',
      part === all.length ? null : { href: from(DEPTH, runListPath(drill, part + 1)), words: 'Newer runs' },
      part === 1 ? null : { href: from(DEPTH, runListPath(drill, part - 1)), words: 'Older runs' },
    );
    yield page({
      path: runListPath(drill, part),
      title: `Runs of ${drill}, part ${part}`,
      tone: 'neutral',
      lead: markup`<p>${spanText(items)}, the newest first.</p>`,
      body: [section('Runs', runTable(items, data), links)],
      trail: [
        { title: 'Restore drills', href: from(DEPTH, FRONT) },
        { title: drill, href: from(DEPTH, drillPath(drill)) },
      ],
    });
  }
}
