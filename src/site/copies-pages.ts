import { minuteText, secondText } from '../report/document/words.ts';
import { below, link, mark, section, table } from './elements.ts';
import { html, type Html } from './html.ts';
import { copiesPath, drillPath, FRONT } from './links.ts';
import { NONE } from './measures.ts';
import { page, type SiteFile } from './page.ts';
import { parts } from './parts.ts';
import type { EndedRun, ProvenCopy } from './proven-copies.ts';
import { outcomeText, outcomeTone } from './runs.ts';
import type { SiteData } from './site-data.ts';

const ROWS = 300;
const HEAD = ['Repository', 'Where', 'State', 'Last proven', 'Recovered to', 'Backup', 'Last drill'];

/** The table of copies: repository by repository, when each was last proven, and to which point. */
export function* copiesPages(copies: readonly ProvenCopy[], data: SiteData): Generator<SiteFile> {
  const open = copies.filter(({ proven }) => !proven).length;
  for (const { part, items } of parts(copies, ROWS)) {
    const stanzas = Map.groupBy(items, ({ stanza }) => stanza);
    yield page({
      path: copiesPath(part),
      title: part === 1 ? 'Copies of the backup' : `Copies of the backup, part ${part}`,
      tone: copies.length === 0 ? 'neutral' : open === 0 ? 'good' : 'bad',
      lead: html`<p class="lead">${leadOf(copies.length, open)}</p>
        <p>
          A copy is proven if a drill of it has passed and none has failed since. A repository that no drill has been to
          is not here. Another path, bucket, host or cluster under the same number is another copy.
        </p>`,
      body: [...stanzas].map(([stanza, of]) =>
        section(`Stanza ${stanza}`, table({ kind: 'copies', head: HEAD, rows: of.map((copy) => rowOf(copy, data)) })),
      ),
      trail: [{ title: 'Restore drills', href: FRONT }],
    });
  }
}

function leadOf(count: number, open: number): Html {
  if (count === 0) return html`No run has drilled a repository yet.`;
  if (open > 0) return mark('bad', `${open} of ${count} copies ${open === 1 ? 'is' : 'are'} not proven.`);
  return mark('good', count === 1 ? 'The only copy is proven.' : `All ${count} copies are proven.`);
}

function rowOf(copy: ProvenCopy, { reportOf }: SiteData): (Html | string | number)[] {
  const { key, lastPassed, last, proven, systemId } = copy;
  const when = (run: EndedRun): Html => link(reportOf(run), minuteText(run.startedAt));
  const cluster = systemId === null ? null : below(`cluster ${systemId}`);
  const { label } = lastPassed?.ended.backup ?? { label: null };
  const point = lastPassed?.ended.recoveredTo ?? null;
  return [
    html`<strong>${key}</strong>`,
    html`${whereText(copy)}${cluster}`,
    proven ? mark('good', 'proven') : mark('bad', lastPassed ? 'failed since' : 'never proven'),
    lastPassed ? when(lastPassed) : NONE,
    point === null ? NONE : html`<span class="nowrap">${secondText(point)}</span>`,
    label === null ? NONE : html`<code>${label}</code>`,
    html`${mark(outcomeTone(last), outcomeText(last))}
    ${below(when(last))}${below(html`<a href="${drillPath(last.drill)}">${last.drill}</a>`)}`,
  ];
}

function whereText({ type, host, location }: ProvenCopy): Html {
  const place = location === null ? null : html`<code>${location}</code>`;
  return html`${[type, host === null ? null : `on ${host}`].filter((part) => part !== null).join(' ')} ${place}`;
}
