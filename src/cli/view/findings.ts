import stringWidth from 'fast-string-width';
import type { Finding } from '../../sandbox/findings.ts';
import { plain, type Style } from './style.ts';
import { wrap } from './wrap.ts';

/** The findings of a kind of sandbox, and what they come to, over lines of `width` columns. */
export function doctorText(kind: string, findings: readonly Finding[], style: Style = plain, width = Infinity): string {
  const column = Math.max(...findings.map(({ what }) => stringWidth(what)));
  const rest = (text: string): string => wrap(text, width, column + 6);
  const lines = findings.flatMap(({ what, ok, detail, fix }) => [
    `  ${ok ? style('green', '✓') : style('red', '✗')} ${what}${' '.repeat(column - stringWidth(what))}  ${rest(detail)}`,
    ...(fix === null ? [] : [`${' '.repeat(column + 6)}${rest(`→ ${fix}`)}`]),
  ]);
  const lacks = findings.filter(({ ok }) => !ok).length;
  const verdict = lacks === 0 ? style('green', 'ready') : style('red', `lacks ${lacks} of ${findings.length} things`);
  return [`${kind} sandbox: ${verdict}`, ...lines, ''].join('\n');
}

/** What the kinds of sandbox come to; empty where all are ready, or none. */
export function readyText(kinds: readonly { readonly name: string; readonly isReady: boolean }[]): string {
  const ready = kinds.filter(({ isReady }) => isReady).map(({ name }) => name);
  if (ready.length === 0 || ready.length === kinds.length) return '';
  return `Drills can run on this machine, in the sandbox ${ready.join(' or ')}: one kind is enough.\n`;
}
