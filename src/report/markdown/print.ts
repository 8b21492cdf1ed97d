import { inlines, markText, type Block, type Figure, type Inline, type Words } from '../document/blocks.ts';
import { escapeMarkup } from '../markup.ts';
import { escapeProse, fenced, guardLineStart, inlineCode } from './escape.ts';
import { renderGantt } from './gantt.ts';

/** Blocks as Markdown, an empty line between them. */
export function printBlocks(blocks: readonly Block[]): string {
  return blocks.map(printBlock).join('\n\n');
}

function printBlock(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
    case 'byline':
      return printLine(block.words);
    case 'list':
      return block.items.map((item) => `- ${printLine(item)}`).join('\n');
    case 'table':
      return printTable(block.head, block.rows);
    case 'facts':
      return printTable(['What', 'Value'], block.rows);
    case 'quote':
      return `> ${printLine(block.words)}`;
    case 'listing':
      return fenced(block.language, block.text);
    case 'folded':
      return `<details>\n<summary>${escapeMarkup(block.title)}</summary>\n\n${printBlocks(block.blocks)}\n\n</details>`;
    case 'figures':
      return printFigures(block.figures);
    case 'phase-chart':
      break;
  }
  return renderGantt(block.chart);
}

function printTable(head: readonly string[], rows: readonly (readonly Words[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows.map((row) => row.map(printWords))];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function printFigures(figures: readonly Figure[]): string {
  const rows = figures.map(({ name, value, objective, mark, remark }): Words[] => [
    { strong: name },
    value,
    objective ?? '',
    mark ?? remark ?? '',
  ]);
  return printTable(['Figure', 'Measured', 'Objective', 'Result'], rows);
}

function printLine(words: Words): string {
  return guardLineStart(printWords(words));
}

/** Words as Markdown on one line. */
export function printWords(words: Words): string {
  return inlines(words).map(printInline).join('');
}

function printInline(piece: Inline): string {
  if (typeof piece === 'string') return escapeProse(piece);
  if ('code' in piece) return inlineCode(piece.code);
  if ('strong' in piece) return strong(piece.strong);
  if ('href' in piece) return `[${escapeProse(piece.words)}](<${encodeURI(piece.href)}>)`;
  return markText(piece);
}

function strong(text: string): string {
  const escaped = escapeProse(text).trim();
  return escaped === '' ? '' : `**${escaped}**`;
}
