import { printBlocks as html } from '../report/html/print.ts';
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
  const parts = sections.map(
    (section) => `<section>\n<h2>${escapeMarkup(section.title)}</h2>\n${html(section.blocks)}\n</section>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeMarkup(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header>
<h1>${escapeMarkup(title)}</h1>
${html(lead)}
</header>
${parts.join('\n')}
</main>
</body>
</html>
`;
}
