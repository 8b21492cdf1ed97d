import type { Review } from '../report/review.ts';
import { below, link, mark, section, table, NONE } from './elements.ts';
import { markup, type Html } from './html.ts';
import { from } from './links.ts';
import { timeText } from './measures.ts';
import { openFollowUps, outcomeText, outcomeTone, type SiteRun } from './runs.ts';
import { shortened } from '../core/shortened.ts';
import type { SiteData } from './site-data.ts';

/** How many open follow-ups a page names, the newest first, and how much of what was noted stands there. */
const NAMED = 20;
const LONGEST_NOTE = 400;

const WHAT =
  'Sign-offs are shown as the ledger has them on record. drill evidence verify says whether their signatures hold.';

/** What was decided about a run at last, by whom and when; a dash where nobody has looked at it. */
export function signOffCell({ reviews }: SiteRun): Html | string {
  const last = reviews.at(-1);
  if (last === undefined) return NONE;
  const { by, at, note } = last;
  const others = reviews.length === 1 ? null : below(`the last of ${reviews.length}`);
  return markup`${decided(last)}${below(`${shortened(by)}, ${at.slice(0, 10)}`)}${note === null ? null : below(shortened(note))}${others}`;
}

function decided({ decision, file }: Review): Html {
  if (file === null) return mark('warning', `${decision}, but its statement is missing, or was changed`);
  return decision === 'accepted' ? mark('good', decision) : mark('warning', decision);
}

/** What those have asked for who looked at the runs of a drill, as long as nobody has accepted the run since. */
export function followUps(runs: readonly SiteRun[], { reportOf }: SiteData, depth: number): Html | null {
  const open = openFollowUps(runs).toReversed();
  if (open.length === 0) return null;
  const rows = open.slice(0, NAMED).map((run): (Html | string)[] => {
    const asked = run.reviews.findLast(({ decision }) => decision === 'follow-up');
    const href = reportOf(run);
    return [
      link(href === null ? null : from(depth, href), timeText(run.startedAt)),
      mark(outcomeTone(run), outcomeText(run)),
      asked ? markup`${shortened(asked.by)}${below(asked.at.slice(0, 10))}` : NONE,
      asked?.note ? shortened(asked.note, LONGEST_NOTE) : NONE,
    ];
  });
  const more = open.length > NAMED ? markup`<p>And ${open.length - NAMED} older ones.</p>\n` : null;
  const about = markup`<p>A follow-up is open until the same run is signed off as accepted.</p>\n`;
  const head = ['Run', 'Verdict', 'Asked by', 'What'];
  return section('Open follow-ups', about, table({ kind: 'follow-ups', head, rows }), more);
}

/** What a page says where it shows sign-offs. */
export function aboutSignOffs(runs: readonly SiteRun[]): Html | null {
  return runs.some(({ reviews }) => reviews.length > 0) ? markup`\n<p class="sub">${WHAT}</p>` : null;
}
