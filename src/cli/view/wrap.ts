import stringWidth from 'fast-string-width';

/**
 * Text over lines of at most `width` columns, the later ones indented by `indent` spaces. Words stay whole: a path, a hexadecimal
 * number or a label that is longer than a line has a line of its own. Line breaks in the text stay.
 */
export function wrap(text: string, width: number, indent: number): string {
  const margin = ' '.repeat(indent);
  return text
    .split('\n')
    .map((line) => fill(line, Math.max(width - indent, 1)).join(`\n${margin}`))
    .join(`\n${margin}`);
}

function fill(text: string, room: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && stringWidth(longer) > room) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}
