import { describeReport } from './document/document.ts';
import { htmlPage } from './html/page.ts';
import { printBlocks, printSection } from './html/print.ts';
import { STYLE } from './html/style.ts';
import { printWords } from './html/words.ts';
import { escapeMarkup } from './markup.ts';
import type { DrillReport } from './report.ts';
import type { Review } from './review.ts';

/**
 * The report as one HTML file for the screen and for paper, from the report alone: no script, nothing fetched from
 * elsewhere, and the same report gives the same bytes.
 */
export function renderHtml(report: DrillReport, reviews: readonly Review[] = []): string {
  const { title, tone, lead, sections, annex } = describeReport(report, reviews);
  const main = `<header class="${tone}">
<h1>${printWords({ tone, mark: '' })} ${escapeMarkup(title)}</h1>
${printBlocks(lead)}
</header>
${sections.map(printSection).join('\n')}
<details class="annex">
<summary>Annex: the proof in detail, all times and settings, how to repeat it by hand, digests</summary>
${annex.map(printSection).join('\n')}
</details>
<footer>Run ${escapeMarkup(report.runId)}, rendered from report.json alone, which is the record. On paper the annex is printed when it is open.</footer>`;
  return htmlPage({ title, style: STYLE, main });
}
