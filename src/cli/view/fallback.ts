import type { DrillPlan, DrillResult } from '../../index.ts';
import { fallbackResult } from '../../report/document/fallback.ts';
import { sandboxFor } from '../../sandbox/registry.ts';
import { leftText, keptText } from './show-result.ts';
import type { Style } from './style.ts';
import { wrap } from './wrap.ts';

const COLOUR = { passed: 'green', failed: 'red', inconclusive: 'yellow', cancelled: 'yellow' } as const;

/** Where it is shown. */
interface Screen {
  readonly style: Style;
  readonly width: number;
}

type Shown = Pick<DrillResult, 'report' | 'folder' | 'endpoint'> & { readonly plan: Pick<DrillPlan, 'sandbox'> };

/** What came of a fallback, for people: the answer first, where its report is, and that the drill has failed all the same. */
export function fallbackShown({ report, folder, endpoint, plan }: Shown, { style, width }: Screen): string {
  const answer = style(['bold', COLOUR[report.verdict]], wrap(fallbackResult(report), width, 2));
  const stays = `the drill ${report.drill} stays failed: a fallback counts for nothing else`;
  return [
    `${answer}\n`,
    `  report      ${wrap(`${folder}/report.md`, width, 14)}\n`,
    `  ${style('dim', wrap(stays, width, 2))}\n`,
    leftText(report, style),
    endpoint === null ? '' : keptText({ report }, endpoint, sandboxFor(plan.sandbox).sweepWords),
  ].join('');
}
