import type { Finding } from '../../sandbox/findings.ts';
import { plain, type Style } from './style.ts';
import { table } from './table.ts';

/** The findings of a kind of sandbox, and what they come to. */
export function doctorText(kind: string, findings: readonly Finding[], style: Style = plain): string {
  const rows = findings.flatMap(({ what, ok, detail, fix }) => [
    [`  ${ok ? style('green', '✓') : style('red', '✗')} ${what}`, detail],
    ...(fix === null ? [] : [['', `→ ${fix}`]]),
  ]);
  const lacks = findings.filter(({ ok }) => !ok).length;
  const verdict = lacks === 0 ? style('green', 'ready') : style('red', `lacks ${lacks} of ${findings.length} things`);
  return `${kind} sandbox: ${verdict}\n${table(rows)}`;
}
