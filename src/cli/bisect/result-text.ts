import { coverText, flipLine, headline, stateText, touchedText } from '../../bisect/describe.ts';
import type { BisectDocument, FlipDocument } from '../../bisect/document.ts';
import { shellJoin } from '../../core/shell-quote.ts';
import { capital, durationText, stampText } from '../../report/document/words.ts';
import { visible } from '../../report/visible.ts';
import type { Style } from '../view/style.ts';
import { wrap } from '../view/wrap.ts';

const LABEL_WIDTH = 12;
const WORD = { found: 'FOUND', inconclusive: 'INCONCLUSIVE', cancelled: 'CANCELLED' } as const;

type Row = readonly [label: string, text: string];

/** The answer for people: what it came to first, how to recover, and where the whole of it is last. */
export function bisectText(document: BisectDocument, page: string, style: Style, width: number): string {
  const { outcome, flips, culprit, start, notes, left, reason, durationMs } = document;
  const flip = culprit === null ? undefined : flips[culprit];
  const word = outcome in WORD ? WORD[outcome as keyof typeof WORD] : 'NOT FOUND';
  const colour = outcome === 'found' ? 'green' : outcome in WORD ? 'yellow' : 'red';
  const rows: Row[] = [
    ...(flip === undefined ? [] : proof(flip)),
    ...(flip === undefined && start !== null
      ? [['at first', `${stateText(start)}, at LSN ${start.lsn}`] as const]
      : []),
    ...flips.map((one, index): Row => [index === 0 ? 'changes' : '', flipLine(one)]),
    ['looked at', coverText(document)],
    ['took', durationText(durationMs)],
    ...notes.map((note): Row => ['note', note]),
    ...[reason?.hint ?? []].flat().map((hint): Row => ['next', hint]),
    ...left.map((text): Row => ['left behind', text]),
    ['report', page],
  ];
  const lines = rows.map(
    ([label, text]) => `  ${style('dim', label.padEnd(LABEL_WIDTH))}${wrap(visible(text), width, LABEL_WIDTH + 2)}`,
  );
  const head = wrap(`${style(['bold', colour], word)} ${capital(visible(headline(document)))}`, width, 2);
  return [
    head,
    ...lines,
    ...(flip?.restore ? ['', 'To recover to right before it:', `  ${shellJoin(flip.restore)}`] : []),
    '',
  ].join('\n');
}

function proof({ before, after, transactions }: FlipDocument): Row[] {
  const [one] = transactions;
  return [
    ...(one === undefined || transactions.length > 1
      ? []
      : ([
          ['committed', `${stampText(one.at)}, at LSN ${one.lsn}`],
          ['it did', touchedText(one) || 'nothing that is known'],
          ['last before', one.lastGoodCommitAt === null ? 'no commit of the range' : stampText(one.lastGoodCommitAt)],
        ] as const)),
    ['before it', `${stateText(before)}, with replay at LSN ${before.lsn}`],
    ['after it', `${stateText(after)}, with replay at LSN ${after.lsn}`],
  ];
}
