import type { Difference, Differences } from '../../extract/differences.ts';
import { shortened } from '../../core/shortened.ts';
import { visible } from '../../report/visible.ts';
import type { Style } from './style.ts';

/** What the two states are called. */
export interface StateNames {
  readonly before: string;
  readonly after: string;
}

const LONGEST_VALUE = 60;
const MARKS = { added: ['green', '+'], removed: ['red', '-'], changed: ['yellow', '~'] } as const;

/** How two states of a table differ, for people: the counts, the first rows, and a word about the rest. */
export function differencesText(differences: Differences, { before, after }: StateNames, style: Style): string {
  const { table, counts, shown, notes, key } = differences;
  const { same, added, removed, changed } = counts;
  const all = added + removed + changed;
  const numbers = `${added} added, ${removed} removed, ${changed} changed, ${same} the same`;
  const rest = all - shown.length;
  const restText = key.length === 0 ? 'without a key no row is shown' : `${rest} more: --limit shows them`;
  return [
    `${style('bold', visible(table))}  from ${before} to ${after}: ${all === 0 ? `no difference, ${same} rows` : numbers}`,
    ...notes.map((note) => `  ${style('yellow', '!')} ${visible(note)}`),
    ...shown.map((difference) => differenceText(difference, key, style)),
    ...(rest > 0 && (shown.length > 0 || key.length === 0) ? [`  ${style('dim', restText)}`] : []),
    '',
  ].join('\n');
}

function differenceText({ kind, key, values }: Difference, names: readonly string[], style: Style): string {
  const [colour, mark] = MARKS[kind];
  const which = names.map((name, index) => `${visible(name)}=${valueText(key[index] ?? null)}`).join(' ');
  const parts = values
    .filter(({ column }) => kind === 'changed' || !names.includes(column))
    .map(({ column, before, after }) => {
      const value = {
        added: valueText(after),
        removed: valueText(before),
        changed: `${valueText(before)} → ${valueText(after)}`,
      };
      return `${visible(column)}: ${value[kind]}`;
    });
  return `  ${style(colour, mark)} ${which}  ${parts.join(', ')}`.trimEnd();
}

function valueText(value: string | null): string {
  return value === null ? 'NULL' : visible(shortened(value, LONGEST_VALUE)).replaceAll('\n', '\\n');
}
