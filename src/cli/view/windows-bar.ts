import type { CheckedBranch } from '../../check-up/document.ts';

/**
 * Time as a bar, from the first window to now: `█` every moment of the column can be recovered to, `▓` some of them, `·` none,
 * `░` what was not archived yet, `│` a single moment. Empty where there is no window.
 */
export function windowsBar({ windows, holes }: CheckedBranch, now: number, columns: number): string {
  const spans = windows.map(({ from, to }) => ({ from: Date.parse(from), to: Date.parse(to) }));
  const [first] = spans;
  const last = spans.at(-1);
  if (first === undefined || last === undefined) return '';
  const step = Math.max((now - first.from) / columns, 1);
  const isBroken = holes.some(({ to }) => to === null);
  return Array.from({ length: columns }, (_, column) => {
    const begin = first.from + column * step;
    const end = begin + step;
    const covered = spans.reduce(
      (sum, { from, to }) => sum + Math.max(0, Math.min(to, end) - Math.max(from, begin)),
      0,
    );
    // What lies behind the last window is no hole, unless WAL is there that nothing leads to.
    const pending = isBroken ? 0 : Math.max(0, end - Math.max(last.to, begin));
    if (covered > 0) return covered + pending >= step * 0.999 ? '█' : '▓';
    if (pending >= step * 0.999) return '░';
    return spans.some(({ from, to }) => from === to && from >= begin && from < end) ? '│' : '·';
  }).join('');
}
