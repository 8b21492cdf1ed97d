import { inlines, markText, type Block, type Inline, type Words } from '../document/blocks.ts';
import { escapeMarkup } from '../markup.ts';
import { renderChart } from './chart.ts';

/** Blocks as HTML. */
export function printBlocks(blocks: readonly Block[]): string {
  return blocks.map(printBlock).join('\n');
}

function printBlock(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return `<p>${printWords(block.words)}</p>`;
    case 'list':
      return `<ul>\n${block.items.map((item) => `<li>${printWords(item)}</li>`).join('\n')}\n</ul>`;
    case 'table':
      return wide(
        `<thead><tr>${block.head.map((name) => `<th scope="col">${escapeMarkup(name)}</th>`).join('')}</tr></thead>`,
        block.rows.map(printRow),
      );
    case 'facts':
      return wide(
        '',
        block.rows.map(
          ([name, value]) => `<tr><th scope="row">${escapeMarkup(name)}</th><td>${printWords(value)}</td></tr>`,
        ),
      );
    case 'quote':
      return `<blockquote>${printWords(block.words)}</blockquote>`;
    case 'listing':
      return `<pre>${escapeMarkup(block.text)}</pre>`;
    case 'folded':
      return `<details>\n<summary>${escapeMarkup(block.title)}</summary>\n${printBlocks(block.blocks)}\n</details>`;
    case 'phase-chart':
      break;
  }
  return renderChart(block.chart);
}

function wide(head: string, rows: readonly string[]): string {
  return `<div class="wide"><table>${head}<tbody>\n${rows.join('\n')}\n</tbody></table></div>`;
}

function printRow(cells: readonly Words[]): string {
  return `<tr>${cells.map((cell) => `<td>${printWords(cell)}</td>`).join('')}</tr>`;
}

/** Words as HTML. */
export function printWords(words: Words): string {
  return inlines(words).map(printInline).join('');
}

function printInline(piece: Inline): string {
  if (typeof piece === 'string') return escapeMarkup(piece);
  if ('code' in piece) return `<code>${escapeMarkup(piece.code)}</code>`;
  if ('strong' in piece) return `<strong>${escapeMarkup(piece.strong)}</strong>`;
  return `<mark class="${piece.tone}">${escapeMarkup(markText(piece))}</mark>`;
}
