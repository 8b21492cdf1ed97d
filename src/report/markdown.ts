import { describeReport } from './document/document.ts';
import { describeMeasurement, figuresOf } from './document/figures.ts';
import { escapeProse } from './markdown/escape.ts';
import { printBlocks } from './markdown/print.ts';
import { markText, type Block, type Section } from './document/blocks.ts';
import type { DrillReport } from './report.ts';
import type { Review } from './review.ts';

/** The report as Markdown of GitHub's flavour, from the report alone: the same report gives the same bytes. */
export function renderMarkdown(report: DrillReport, reviews: readonly Review[] = []): string {
  const { title, tone, lead, sections, annex } = describeReport(report, reviews);
  const figures = figuresOf(report);
  const measured = figures.length === 0 ? [] : [folded(describeMeasurement(figures))];
  const parts = sections.map((section) => `## ${section.title}\n\n${printBlocks(section.blocks)}`);
  const looked = `## Annex\n\n${printBlocks(annex.map(folded))}`;
  return `${[`# ${markText({ tone, mark: escapeProse(title) })}`, printBlocks([...lead, ...measured]), ...parts, looked].join('\n\n')}\n`;
}

function folded({ title, blocks }: Section): Block {
  return { kind: 'folded', title, blocks };
}
