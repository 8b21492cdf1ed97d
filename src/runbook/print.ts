import { htmlPage } from '../report/html/page.ts';
import { printBlocks as html, printSection } from '../report/html/print.ts';
import { STYLE } from '../report/html/style.ts';
import { escapeProse } from '../report/markdown/escape.ts';
import { printBlocks as markdown } from '../report/markdown/print.ts';
import { escapeMarkup } from '../report/markup.ts';
import type { RunbookDocument } from './describe.ts';

/** A runbook as Markdown; the same document gives the same bytes. */
export function runbookMarkdown({ title, lead, sections }: RunbookDocument): string {
  const parts = sections.map((section) => `## ${escapeProse(section.title)}\n\n${markdown(section.blocks)}`);
  return `${[`# ${escapeProse(title)}`, markdown(lead), ...parts].join('\n\n')}\n`;
}

/** A runbook as one HTML file for the screen and for paper; the same document gives the same bytes. */
export function runbookHtml({ title, lead, sections }: RunbookDocument): string {
  const main = `<header>
<h1>${escapeMarkup(title)}</h1>
${html(lead)}
</header>
${sections.map(printSection).join('\n')}`;
  return htmlPage({ title, style: STYLE, main });
}
