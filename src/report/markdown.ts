import { describeReport } from './document/document.ts';
import { escapeProse } from './markdown/escape.ts';
import { printBlocks } from './markdown/print.ts';
import type { DrillReport } from './report.ts';

/** The report as Markdown of GitHub's flavour, from the report alone: the same report gives the same bytes. */
export function renderMarkdown(report: DrillReport): string {
  const { title, lead, sections } = describeReport(report);
  const parts = sections.map((section) => `## ${section.title}\n\n${printBlocks(section.blocks)}`);
  return `${[`# ${escapeProse(title)}`, printBlocks(lead), ...parts].join('\n\n')}\n`;
}
