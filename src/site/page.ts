import type { Tone } from '../report/document/blocks.ts';
import { htmlPage } from '../report/html/page.ts';
import { markup, type Html } from './html.ts';
import { SITE_STYLE } from './style.ts';

/** A file of the site; its path is relative to the site, with forward slashes. */
export interface SiteFile {
  readonly path: string;
  readonly text: string;
}

/** Every page carries it, and no other file is ever overwritten or removed. */
export const MARKER = '<meta name="generator" content="pgdrill site">';

interface Page {
  readonly path: string;
  readonly title: string;
  readonly tone: Tone;
  /** What stands beside the coloured line, below the title. */
  readonly lead: Html;
  readonly body: readonly (Html | null)[];
  /** The pages above this one. */
  readonly trail: readonly { readonly title: string; readonly href: string }[];
}

/** A page of the site: no script, nothing fetched from elsewhere. */
export function page({ path, title, tone, lead, body, trail }: Page): SiteFile {
  const way = trail.map(({ title: above, href }) => markup`<a href="${href}">${above}</a> › `);
  const nav = trail.length === 0 ? null : markup`<nav aria-label="Where this page is">${way}${title}</nav>\n`;
  const main = markup`${nav}<header class="${tone}">
<h1>${title}</h1>
${lead}
</header>
${body.map((part) => (part === null ? null : markup`${part}\n`))}<footer>Made from the ledger of all runs by drill site. All times are UTC. The record of a run is its report.json.</footer>`;
  return { path, text: htmlPage({ title, style: SITE_STYLE, head: `${MARKER}\n`, main: main.text }) };
}
