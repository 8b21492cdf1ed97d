import { minuteText } from '../../report/document/words.ts';
import { visible } from '../../report/visible.ts';
import type { Installed } from '../../schedule/install/installed.ts';
import type { ScheduledDrill } from './schedules.ts';
import type { Style } from './style.ts';
import { wrap } from './wrap.ts';

/** A drill, its schedule in words, and what starts it on this machine. */
export interface ListedDrill extends ScheduledDrill {
  /** Null: the plan has no schedule. */
  readonly words: string | null;
  readonly startedBy: readonly Installed[];
}

const INDENT = 15;

/** A paragraph for each drill, those that need somebody first, over lines of `width` columns. */
export function listText(drills: readonly ListedDrill[], style: Style, width = Infinity): string {
  return drills
    .toSorted((a, b) => Number(a.alarm === null) - Number(b.alarm === null))
    .map((drill) => paragraph(drill, style, width))
    .join('\n');
}

/** What starts drills whose plans have gone. */
export function withoutPlanText(all: readonly Installed[], style: Style): string {
  const lines = all.map(
    ({ drill, with: by, place }) =>
      `${style('red', '✗')} ${by}, ${visible(place)}, starts a drill that has no plan: drill schedule remove ${drill}\n`,
  );
  return lines.length === 0 ? '' : `\n${lines.join('')}`;
}

function paragraph(one: ListedDrill, style: Style, width: number): string {
  const rows = [
    ['due', one.words ?? 'when somebody asks for it'],
    ['last run', stampOr(one.lastBegun)],
    ['last passed', stampOr(one.lastPassed)],
    ...(one.words === null ? [] : [['next due', one.nextDue === null ? 'never' : minuteText(one.nextDue)]]),
    ['started by', startedBy(one)],
  ] as const;
  const lines = rows.map(([title = '', text = '']) => {
    const wrapped = wrap(visible(text), width, INDENT);
    return `  ${style('dim', title.padEnd(INDENT - 2))}${wrapped}`;
  });
  return `${[`${style('bold', visible(one.drill))}  ${alarmText(one, style)}`, ...lines].join('\n')}\n`;
}

function stampOr(stamp: string | null): string {
  return stamp === null ? 'never' : minuteText(stamp);
}

function alarmText({ alarm, words }: ListedDrill, style: Style): string {
  if (alarm !== null) return style('red', alarm === 'not-run' ? '✗ overdue' : '✗ failing');
  return words === null ? style('dim', '– no schedule') : style('green', '✓ in time');
}

const STATES: Readonly<Record<Installed['state'], string>> = {
  on: '',
  off: ', which is off: drill schedule install',
  changed: ', which somebody has changed',
  outdated: ', for another time than the plan has: drill schedule install',
};

function startedBy({ drill, words, startedBy: all }: ListedDrill): string {
  if (all.length > 0) return all.map((one) => `${one.with}, ${one.place}${STATES[one.state]}`).join('; ');
  return words === null ? 'nothing' : `nothing here: drill schedule install ${drill}`;
}
