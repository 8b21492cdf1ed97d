import { around, below, link, mark, section, table, NONE } from './elements.ts';
import { markup, type Html } from './html.ts';
import { copiesPath, drillPath, FRONT } from './links.ts';
import { timeText } from './measures.ts';
import { page, type SiteFile } from './page.ts';
import { parts } from './parts.ts';
import type { EndedRun, ProvenCopy } from './proven-copies.ts';
import { outcomeText, outcomeTone } from './runs.ts';
import type { SiteData } from './site-data.ts';

const ROWS = 300;
const MEANING =
  'A copy is proven if a drill of it has passed and none has failed since. A repository that no drill has been to is not here. Another path, bucket, host or cluster under the same number is another copy.';
const HEAD = ['Stanza', 'State', 'Where', 'Last proven', 'Recovered to', 'Backup', 'Last drill'];

/** The table of copies: repository by repository, when each was last proven, and to which point. */
export function* copiesPages(copies: readonly ProvenCopy[], data: SiteData): Generator<SiteFile> {
  const open = copies.filter(({ proven }) => !proven).length;
  const all = parts(copies, ROWS);
  for (const { part, items } of all) {
    yield page({
      path: copiesPath(part),
      title: part === 1 ? 'Copies of the backup' : `Copies of the backup, part ${part}`,
      tone: copies.length === 0 ? 'neutral' : open === 0 ? 'good' : 'bad',
      lead: markup`<p class="lead">${leadOf(copies.length, open)}</p>\n<p>${MEANING}</p>`,
      body:
        copies.length === 0
          ? []
          : [
              section(
                'Copies',
                table({ kind: 'copies', head: HEAD, rows: items.map((copy) => rowOf(copy, data)) }),
                around(
                  'Other parts of the table',
                  part === 1 ? null : { href: copiesPath(part - 1), words: 'The rows before' },
                  part === all.length ? null : { href: copiesPath(part + 1), words: 'More copies' },
                ),
              ),
            ],
      trail: [{ title: 'Restore drills', href: FRONT }],
    });
  }
}

function leadOf(count: number, open: number): Html {
  if (count === 0) return markup`No run has drilled a repository yet.`;
  if (open > 0) return mark('bad', `${open} of ${count} copies ${open === 1 ? 'is' : 'are'} not proven.`);
  return mark('good', count === 1 ? 'The only copy is proven.' : `All ${count} copies are proven.`);
}

function rowOf(copy: ProvenCopy, { reportOf }: SiteData): (Html | string | number)[] {
  const { stanza, key, lastPassed, last, proven, systemId } = copy;
  const when = (run: EndedRun): Html => link(reportOf(run), timeText(run.startedAt));
  const cluster = systemId === null ? null : below(`cluster ${systemId}`);
  const { label } = lastPassed?.ended.backup ?? { label: null };
  const drill = markup`<a href="${drillPath(last.drill)}">${last.drill}</a>`;
  const point = lastPassed?.ended.recoveredTo ?? null;
  return [
    markup`${stanza}${below(`repository ${key}`)}`,
    proven ? mark('good', 'proven') : mark('bad', lastPassed ? 'failed since' : 'never proven'),
    markup`${whereText(copy)}${cluster}`,
    lastPassed ? when(lastPassed) : NONE,
    point === null ? NONE : markup`<span class="nowrap">${point.slice(0, 19).replace('T', ' ')}</span>`,
    label === null ? NONE : markup`<code>${label}</code>`,
    markup`${mark(outcomeTone(last), outcomeText(last))} ${below(when(last))}${below(drill)}`,
  ];
}

function whereText({ type, host, location }: ProvenCopy): Html {
  const place = location === null ? null : markup`<code>${location}</code>`;
  return markup`${[type, host === null ? null : `on ${host}`].filter((part) => part !== null).join(' ')} ${place}`;
}
