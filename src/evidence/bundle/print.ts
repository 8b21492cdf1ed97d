import { htmlPage } from '../../report/html/page.ts';
import { printBlocks as html, printSection } from '../../report/html/print.ts';
import { STYLE } from '../../report/html/style.ts';
import { printWords } from '../../report/html/words.ts';
import { markText } from '../../report/document/blocks.ts';
import { escapeProse } from '../../report/markdown/escape.ts';
import { printBlocks as markdown } from '../../report/markdown/print.ts';
import { escapeMarkup } from '../../report/markup.ts';
import type { BundleDocument } from './describe.ts';

/** The tables of a bundle are wide. */
const BUNDLE_STYLE = `${STYLE}
main { max-width: 76rem; } a { color: var(--counted); text-underline-offset: .15em; }
a:focus-visible { outline: 3px solid var(--counted); outline-offset: 2px; border-radius: 3px; }
td mark, p mark { white-space: normal; } @media print { @page { size: A4 landscape; } a { color: inherit; } }
`;

/** The first page of a bundle as Markdown; the same document gives the same bytes. */
export function bundleMarkdown({ title, tone, lead, sections }: BundleDocument): string {
  const parts = sections.map((section) => `## ${escapeProse(section.title)}\n\n${markdown(section.blocks)}`);
  return `${[`# ${markText({ tone, mark: escapeProse(title) })}`, markdown(lead), ...parts].join('\n\n')}\n`;
}

/** The same as one HTML file for the screen and for paper, without a script or anything from elsewhere. */
export function bundleHtml({ title, tone, lead, sections }: BundleDocument): string {
  const main = `<header class="${tone}">
<h1>${printWords({ tone, mark: '' })} ${escapeMarkup(title)}</h1>
${html(lead)}
</header>
${sections.map(printSection).join('\n')}`;
  return htmlPage({ title, style: BUNDLE_STYLE, main });
}
