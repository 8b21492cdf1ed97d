import stringWidth from 'fast-string-width';

/** How many columns the widest line of a text takes. */
export function widthOf(text: string): number {
  return text.split('\n').reduce((widest, line) => Math.max(widest, stringWidth(line)), 0);
}

/** Columns of text, each as wide as its widest cell; the first row is the head. Ends with a line break. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, stringWidth(cell));
  }
  const line = (row: readonly string[]): string =>
    row
      .map((cell, index) => cell + ' '.repeat((widths[index] ?? 0) - stringWidth(cell)))
      .join('  ')
      .trimEnd();
  return rows.map((row) => `${line(row)}\n`).join('');
}

/**
 * The table without the columns that a terminal of `width` columns has no room for: those of `dispensable` go, first of all
 * first, until it fits. The first row names the columns by `titles`.
 */
export function tableWithin(
  rows: readonly (readonly string[])[],
  titles: readonly string[],
  dispensable: readonly string[],
  width: number,
): string {
  const without = (count: number): string => {
    const kept = titles.map((title) => !dispensable.slice(0, count).includes(title));
    return table(rows.map((cells) => cells.filter((_, index) => kept[index])));
  };
  const counts = [...dispensable.keys(), dispensable.length];
  return counts.map(without).find((one) => widthOf(one) <= width) ?? without(dispensable.length);
}
