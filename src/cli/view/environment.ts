import stringWidth from 'fast-string-width';
import type { ParityItem, ParityState } from '../../drill/parity/item.ts';
import { plain, type Style } from './style.ts';
import { wrap } from './wrap.ts';

/** A tick only for what is known to be there. */
const SIGNS: Readonly<Record<ParityState, readonly [colour: 'green' | 'yellow' | 'red' | 'dim', sign: string]>> = {
  here: ['green', '✓'],
  differs: ['yellow', '!'],
  lacking: ['red', '✗'],
  later: ['dim', '·'],
  unknown: ['yellow', '?'],
};

/** What a drill needs of its environment, a line each, over lines of `width` columns; what mends it beneath. */
export function environmentLines(
  items: readonly ParityItem[],
  style: Style = plain,
  width = Infinity,
  indent = 2,
): string[] {
  const column = Math.max(...items.map(({ what }) => stringWidth(what)));
  const margin = indent + column + 4;
  return items.flatMap(({ what, state, detail, fix }) => {
    const [colour, sign] = SIGNS[state];
    const label = `${' '.repeat(indent)}${style(colour, sign)} ${what}${' '.repeat(column - stringWidth(what))}`;
    const text = wrap(detail, width, margin);
    return [
      `${label}  ${state === 'later' ? style('dim', text) : text}`,
      ...(fix === null ? [] : [`${' '.repeat(margin)}${wrap(`→ ${fix}`, width, margin + 2)}`]),
    ];
  });
}

/** What the list of a drill comes to, and the list. */
export function environmentText(
  drill: string,
  items: readonly ParityItem[],
  style: Style = plain,
  width = Infinity,
): string {
  const of = (...states: readonly ParityState[]): number => items.filter(({ state }) => states.includes(state)).length;
  const lacks = of('lacking');
  const counts = [
    lacks === 0 ? style('green', 'nothing is lacking') : style('red', `lacks ${lacks} of ${items.length}`),
    ...(of('differs') > 0 ? [`${of('differs')} not as in production`] : []),
    ...(of('later', 'unknown') > 0 ? [`${of('later', 'unknown')} not known yet`] : []),
  ];
  const head = `${style('bold', drill)}: ${counts.join(', ')}`;
  return [wrap(head, width, 2), ...environmentLines(items, style, width), ''].join('\n');
}
