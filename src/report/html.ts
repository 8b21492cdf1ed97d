import type { Section } from './document/blocks.ts';
import { describeReport } from './document/document.ts';
import { printBlocks } from './html/print.ts';
import { STYLE } from './html/style.ts';
import { printWords } from './html/words.ts';
import { escapeMarkup } from './markup.ts';
import type { DrillReport } from './report.ts';
import type { Review } from './review.ts';

/** Even if restored data found a way through the escaping, the browser would neither run nor fetch anything. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/**
 * The report as one HTML file for the screen and for paper, from the report alone: no script, nothing fetched from
 * elsewhere, and the same report gives the same bytes.
 */
export function renderHtml(report: DrillReport, reviews: readonly Review[] = []): string {
  const { title, tone, lead, sections, annex } = describeReport(report, reviews);
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
<header class="${tone}">
<h1>${printWords({ tone, mark: '' })} ${escapeMarkup(title)}</h1>
${printBlocks(lead)}
</header>
${sections.map(printSection).join('\n')}
<details class="annex">
<summary>Annex: the proof in detail, all times and settings, how to repeat it by hand, digests</summary>
${annex.map(printSection).join('\n')}
</details>
<footer>Run ${escapeMarkup(report.runId)}, rendered from report.json alone, which is the record. On paper the annex is printed when it is open.</footer>
</main>
</body>
</html>
`;
}

function printSection({ title, blocks }: Section): string {
  return `<section>\n<h2>${escapeMarkup(title)}</h2>\n${printBlocks(blocks)}\n</section>`;
}
