import { minuteText } from '../../report/document/words.ts';
import { visible } from '../../report/visible.ts';
import type { Alarm } from '../../schedule/standing.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';

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

/** A table of drills, those that need somebody first. */
export function schedulesText(drills: readonly ScheduledDrill[], style: Style): string {
  const rows = drills
    .toSorted((a, b) => Number(a.alarm === null) - Number(b.alarm === null))
    .map((one) => [
      one.drill,
      one.schedule ?? style('dim', 'none'),
      stampOr(one.lastBegun, 'never', style),
      stampOr(one.lastPassed, 'never', style),
      stampOr(one.nextDue, '-', style),
      stateText(one, style),
    ]);
  return visible(table([HEAD.map((title) => style('dim', title)), ...rows]));
}

function stampOr(stamp: string | null, otherwise: string, style: Style): string {
  return stamp === null ? style('dim', otherwise) : minuteText(stamp);
}

function stateText({ schedule, alarm, dueAt }: ScheduledDrill, style: Style): string {
  if (schedule === null) return style('dim', '– runs when somebody asks for it');
  if (alarm === null) return style('green', '✓ in time');
  const due = dueAt === null ? '' : ` since ${minuteText(dueAt)}`;
  return style('red', alarm === 'not-run' ? `✗ has not run${due}` : `✗ has not passed${due}`);
}
