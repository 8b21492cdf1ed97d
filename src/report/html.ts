import { describeReport } from './document/document.ts';
import { verdictTone } from './document/verdict.ts';
import { renderCards } from './html/cards.ts';
import { printBlocks } from './html/print.ts';
import { STYLE } from './html/style.ts';
import { escapeMarkup } from './markup.ts';
import type { DrillReport } from './report.ts';

/** Even if restored data found a way through the escaping, the browser would neither run nor fetch anything. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/**
 * The report as one HTML file for the screen and for paper, from the report alone: no script, nothing fetched from
 * elsewhere, and the same report gives the same bytes.
 */
export function renderHtml(report: DrillReport): string {
  const { title, lead, sections } = describeReport(report);
  const parts = sections.map(
    (section) => `<section>\n<h2>${escapeMarkup(section.title)}</h2>\n${printBlocks(section.blocks)}\n</section>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeMarkup(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header class="${verdictTone(report.verdict)}">
<h1>${escapeMarkup(title)}</h1>
${printBlocks(lead)}
${renderCards(report)}
</header>
${parts.join('\n')}
<footer>Run ${escapeMarkup(report.runId)}, rendered from report.json alone, which is the record.</footer>
</main>
</body>
</html>
`;
}
