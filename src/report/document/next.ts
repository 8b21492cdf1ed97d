import { isProven } from '../copy.ts';
import type { DrillReport } from '../report.ts';
import { paragraph, type Block, type Inline } from './blocks.ts';
import { orderedReasons } from './reasons.ts';
import { capital, sentence } from './words.ts';

/** What to do next: what each reason asks for, and copies that are not proven. That there is nothing is said as well. */
export function describeNext(report: DrillReport): Block[] {
  const steps = [...stepsOfReasons(report), ...stepsOfCopies(report)];
  const [first] = steps;
  if (first === undefined) {
    return report.verdict === 'passed' ? [paragraph([TO_DO, ' Nothing, as far as this drill shows.'])] : [];
  }
  if (steps.length === 1) return [paragraph([TO_DO, ' ', ...first])];
  return [paragraph(TO_DO), { kind: 'list', items: steps }];
}

const TO_DO: Inline = { strong: 'To do:' };

/** The code of the reason stands beside the step where there is more than one, and each step once. */
function stepsOfReasons({ reasons }: DrillReport): Inline[][] {
  const asked = orderedReasons(reasons).flatMap(({ code, hint }) => (hint === null ? [] : [{ code, hint }]));
  const once = asked.filter((one, index) => asked.findIndex(({ hint }) => hint === one.hint) === index);
  return once.map(({ code, hint }) => [sentence(capital(hint)), ...(reasons.length > 1 ? [' (', { code }, ')'] : [])]);
}

/** The copy of this run has its verdict; what keeps others from being proven is that nobody drills them. */
function stepsOfCopies({ verdict, copies }: DrillReport): Inline[][] {
  const open = copies.filter((copy) => !copy.thisRun && !isProven(copy)).map(({ key }) => key);
  if (verdict !== 'passed' || open.length === 0) return [];
  const which = open.length === 1 ? `repository ${open[0]}` : `repositories ${open.join(', ')}`;
  return [[`Drill ${which} as well: ${open.length === 1 ? 'it is' : 'they are'} not proven.`]];
}
