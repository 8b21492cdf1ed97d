import { minuteText } from '../../report/document/words.ts';
import { visible } from '../../report/visible.ts';
import type { Alarm } from '../../schedule/standing.ts';
import type { Style } from './style.ts';
import { tableWithin } from './table.ts';

/** A drill and how it stands with its schedule. */
export interface ScheduledDrill {
  readonly drill: string;
  /** Null: the plan has no schedule. */
  readonly schedule: string | null;
  readonly lastBegun: string | null;
  readonly lastPassed: string | null;
  readonly dueAt: string | null;
  readonly nextDue: string | null;
  readonly alarm: Alarm | null;
}

const HEAD = ['DRILL', 'SCHEDULE', 'LAST RUN', 'LAST PASSED', 'NEXT DUE', 'STATE'];

/** What a narrow terminal goes without, first of all first: the state says what is wrong, and since when. */
const DISPENSABLE = ['SCHEDULE', 'LAST RUN', 'NEXT DUE', 'LAST PASSED'];

/** A table of drills, those that need somebody first, over lines of `width` columns. */
export function schedulesText(drills: readonly ScheduledDrill[], style: Style, width = Infinity): string {
  const rows = drills
    .toSorted((a, b) => Number(a.alarm === null) - Number(b.alarm === null))
    .map((one) => [
      visible(one.drill),
      one.schedule === null ? style('dim', 'none') : visible(one.schedule),
      stampOr(one.lastBegun, 'never', style),
      stampOr(one.lastPassed, 'never', style),
      stampOr(one.nextDue, '-', style),
      stateText(one, style),
    ]);
  return tableWithin([HEAD.map((title) => style('dim', title)), ...rows], HEAD, DISPENSABLE, width);
}

function stampOr(stamp: string | null, otherwise: string, style: Style): string {
  return stamp === null ? style('dim', otherwise) : minuteText(stamp);
}

function stateText({ schedule, alarm, dueAt, lastBegun }: ScheduledDrill, style: Style): string {
  if (schedule === null) return style('dim', '– runs when somebody asks for it');
  if (alarm === null) return style('green', '✓ in time');
  if (lastBegun === null)
    return style('red', `✗ has never run${dueAt === null ? '' : `; was due ${minuteText(dueAt)}`}`);
  const due = dueAt === null ? '' : ` since ${minuteText(dueAt)}`;
  return style('red', alarm === 'not-run' ? `✗ has not run${due}` : `✗ has not passed${due}`);
}
