import type { Words } from '../document/blocks.ts';
import { metMark, objectiveLines, type ObjectiveLine } from '../document/objectives.ts';
import { checkCounts } from '../document/verdict.ts';
import { durationText } from '../document/words.ts';
import type { DrillReport } from '../report.ts';
import { printWords } from './print.ts';

/** The few numbers that most readers come for. */
export function renderCards(report: DrillReport): string {
  const { own, isolation } = checkCounts(report);
  const cards = [
    ...objectiveLines(report).map(objectiveCard),
    card('Checks passed', own ?? 'none made', `isolation assertions held: ${isolation ?? 'none made'}`),
  ];
  return `<dl class="cards">\n${cards.join('\n')}\n</dl>`;
}

function objectiveCard(line: ObjectiveLine): string {
  const bound = line.upperBound && line.measuredMs !== null;
  const promised = line.objectiveMs === null ? [] : [` (objective ${durationText(line.objectiveMs)})`];
  return card(line.name, `${bound ? '≤ ' : ''}${durationText(line.measuredMs)}`, [
    metMark(line),
    ...promised,
    bound ? ', an upper bound' : '',
  ]);
}

function card(name: string, value: string, note: Words): string {
  return `<div><dt>${printWords(name)}</dt><dd class="value">${printWords(value)}</dd><dd class="note">${printWords(note)}</dd></div>`;
}
