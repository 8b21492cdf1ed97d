import { markup, type Html } from '../html.ts';
import { label } from './axis.ts';
import { drawn, px, type Sheet } from './sheet.ts';
import { drawSign, type Sign } from './signs.ts';

/** What the runs of a day came to, the worst of them. */
export type DayState = 'passed' | 'failed' | 'no-answer' | 'killed';

export const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

const HEAD = 20;
const WEEKS = 6;
const GAP = 16;

const SIGNS: Readonly<Record<DayState, Sign | null>> = {
  passed: null,
  failed: 'failed',
  'no-answer': 'no-answer',
  killed: 'killed',
};

/**
 * A year as its twelve months, weeks from Monday on. `days` has the state of each day with a run, by its date
 * (`2026-11-21`).
 */
export function drawCalendar(
  year: number,
  days: ReadonlyMap<string, DayState>,
  words: { readonly title: string; readonly description: string },
): Html {
  return drawn({ id: `year-${year}`, ...words, draw: (sheet) => draw(year, days, sheet) });
}

function draw(year: number, days: ReadonlyMap<string, DayState>, sheet: Sheet): { height: number; parts: Html[] } {
  const columns = sheet.name === 'wide' ? 6 : 3;
  const month = (sheet.width - GAP * (columns - 1)) / columns;
  const step = month / 7;
  const height = HEAD + WEEKS * step + 6;
  const parts = MONTHS.map((name, index) => {
    const left = (index % columns) * (month + GAP);
    const top = Math.floor(index / columns) * height;
    return drawMonth({ year, index, name, left, top, step }, days);
  });
  return { height: Math.ceil((12 / columns) * height), parts };
}

interface Month {
  readonly year: number;
  readonly index: number;
  readonly name: string;
  readonly left: number;
  readonly top: number;
  readonly step: number;
}

/** Days without a run are one path: there are many of them. */
function drawMonth({ year, index, name, left, top, step }: Month, days: ReadonlyMap<string, DayState>): Html {
  const first = new Date(Date.UTC(year, index, 1));
  const length = new Date(Date.UTC(year, index + 1, 0)).getUTCDate();
  const before = (first.getUTCDay() + 6) % 7;
  const side = px(step - 2);
  const cells = Array.from({ length }, (_, day) => {
    const place = before + day;
    const date = new Date(Date.UTC(year, index, day + 1)).toISOString().slice(0, 10);
    return {
      x: px(left + (place % 7) * step),
      y: px(top + HEAD + Math.floor(place / 7) * step),
      state: days.get(date) ?? null,
    };
  });
  const empty = cells.flatMap(({ x, y, state }) => (state === null ? [`M${x} ${y}h${side}v${side}h${-side}z`] : []));
  const ran = cells.flatMap(({ x, y, state }) => {
    if (state === null) return [];
    const sign = SIGNS[state];
    const over = sign === null ? null : drawSign(sign, x + side / 2, y + side / 2);
    return [markup`<rect class="day-${state}" x="${x}" y="${y}" width="${side}" height="${side}" rx="2"/>${over}`];
  });
  const title = label('month', left, top + 13, 'start', name);
  return markup`${title}<path class="day" d="${empty.join('')}"/>${ran}`;
}
