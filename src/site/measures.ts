import { encodeDuration } from '../core/duration.ts';
import { durationText } from '../report/document/words.ts';
import { below, mark, NONE } from './elements.ts';
import { markup, type Html } from './html.ts';
import type { SiteRun } from './runs.ts';

/** A stamp to the minute. Each page says that its times are UTC. */
export function timeText(stamp: string): string {
  return stamp.slice(0, 16).replace('T', ' ');
}

interface Objective {
  readonly measuredMs: number | null;
  readonly objectiveMs: number | null;
  readonly met: boolean | null;
}

/** A measured time against what was promised. */
function againstObjective({ measuredMs, objectiveMs, met }: Objective, bound = ''): Html {
  const value = measuredMs === null ? NONE : `${bound}${durationText(measuredMs)}`;
  const promised = objectiveMs === null ? null : `of ${encodeDuration(objectiveMs)}`;
  const shown = met === null ? markup`<span class="nowrap">${value}</span>` : mark(met ? 'good' : 'bad', value);
  return markup`${shown}${promised === null ? null : below(markup`<span class="nowrap">${promised}</span>`)}`;
}

/** The RTO of a run against its objective. */
export function rtoCell({ ended }: SiteRun): Html | string {
  return ended === null ? NONE : againstObjective(ended.rto);
}

/** The RPO of a run against its objective; against a chosen target there is none. */
export function rpoCell({ ended }: SiteRun): Html | string {
  if (ended === null || !ended.rpo.applies) return NONE;
  return againstObjective(ended.rpo, ended.rpo.upperBound ? '≤ ' : '');
}
