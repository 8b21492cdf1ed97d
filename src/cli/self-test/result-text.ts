import type { SelfTestDocument } from '../../self-test/document.ts';
import type { Recorded } from '../../self-test/record.ts';
import { meaningOf, repositoriesText, versionsText } from '../../self-test/words.ts';
import type { Style } from '../view/style.ts';
import { wrap } from '../view/wrap.ts';

const COLOUR = { passed: 'green', failed: 'red', inconclusive: 'yellow', cancelled: 'yellow' } as const;
const LABEL_WIDTH = 12;

/** The end of a self-test for people: what it came to first, and where the report is last. */
export function selfTestText(document: SelfTestDocument, { page }: Recorded, style: Style, width: number): string {
  const { outcome, controls, left } = document;
  const verdict = style(['bold', COLOUR[outcome]], outcome.toUpperCase());
  const rows: (readonly [string, string])[] = [
    ...(controls.length === 0 ? [] : [['repository', repositoriesText(document)] as const]),
    ['with', versionsText(document)],
    ...left.map((text) => ['left behind', text] as const),
    ...(page === null ? [] : [['report', page] as const]),
    ...next(document),
  ];
  return [
    wrap(`${verdict} self-test: ${meaningOf(document)}`, width, 2),
    ...rows.map(([label, text]) => `  ${style('dim', label.padEnd(LABEL_WIDTH))}${wrap(text, width, LABEL_WIDTH + 2)}`),
    '',
  ].join('\n');
}

function next({ outcome, controls, faults, left }: SelfTestDocument): (readonly [string, string])[] {
  const sick = controls.find(({ verdict }) => verdict !== 'passed');
  const missed = faults.some(({ result, blames }) => result === 'missed' && blames === 'pgdrill');
  if (missed)
    return [['next', 'believe no report until that is explained: file the report above as a fault of pgdrill']];
  if (outcome === 'failed') return [['next', 'write checks that ask for rows that have to be there, and drill again']];
  if (sick) return [['next', 'see why the healthy copy does not pass: drill run says more']];
  return left.length > 0 ? [['next', 'drill sweep tries again to remove what is left']] : [];
}
