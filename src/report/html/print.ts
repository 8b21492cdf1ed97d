import type { Block, Section, Words } from '../document/blocks.ts';
import { escapeMarkup } from '../markup.ts';
import { printFigures } from './cards.ts';
import { renderChart } from './chart.ts';
import { printWords } from './words.ts';

/** A heading and what stands below it. */
export function printSection({ title, blocks }: Section): string {
  return `<section>\n<h2>${escapeMarkup(title)}</h2>\n${printBlocks(blocks)}\n</section>`;
}

/** Blocks as HTML. */
export function printBlocks(blocks: readonly Block[]): string {
  return blocks.map(printBlock).join('\n');
}

function printBlock(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return `<p>${printWords(block.words)}</p>`;
    case 'byline':
      return `<p class="byline">${printWords(block.words)}</p>`;
    case 'list':
      return `<ul>\n${block.items.map((item) => `<li>${printWords(item)}</li>`).join('\n')}\n</ul>`;
    case 'table':
      return table(
        'stacked',
        `<thead><tr>${block.head.map((name) => `<th scope="col">${escapeMarkup(name)}</th>`).join('')}</tr></thead>`,
        block.rows.map((cells) => printRow(cells, block.head)),
      );
    case 'facts':
      return table(
        'facts',
        '',
        block.rows.map(
          ([name, value]) => `<tr><th scope="row">${escapeMarkup(name)}</th><td>${printWords(value)}</td></tr>`,
        ),
      );
    case 'quote':
      return `<blockquote>${printWords(block.words)}</blockquote>`;
    case 'listing':
      return `<pre tabindex="0">${escapeMarkup(block.text)}</pre>`;
    case 'folded':
      return `<details>\n<summary>${escapeMarkup(block.title)}</summary>\n${printBlocks(block.blocks)}\n</details>`;
    case 'figures':
      return printFigures(block.figures);
    case 'phase-chart':
      break;
  }
  return renderChart(block.chart);
}

function table(kind: 'stacked' | 'facts', head: string, rows: readonly string[]): string {
  return `<table class="${kind}">${head}<tbody>\n${rows.join('\n')}\n</tbody></table>`;
}

/** Each cell knows the title of its column: on a narrow screen the cells of a row stand below each other. */
function printRow(cells: readonly Words[], head: readonly string[]): string {
  return `<tr>${cells.map((cell, column) => printCell(cell, head[column] ?? '')).join('')}</tr>`;
}

function printCell(cell: Words, title: string): string {
  const words = printWords(cell);
  return `<td data-title="${escapeMarkup(title)}"${words === '' ? ' class="empty"' : ''}>${words}</td>`;
}
