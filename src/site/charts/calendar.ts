import { markup, type Html } from '../html.ts';
import { label } from './axis.ts';
import { drawn, px, type Sheet } from './sheet.ts';
import { drawSigns, type Place, type Sign } from './signs.ts';

/** What the runs of a day came to, the worst of them. */
export type DayState = 'passed' | 'failed' | 'no-answer' | 'killed' | 'missed';

export const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

const HEAD = 20;
const WEEKS = 6;
const GAP = 16;

const SIGNS: Readonly<Record<DayState, Sign | null>> = {
  passed: null,
  failed: 'failed',
  'no-answer': 'no-answer',
  killed: 'killed',
  missed: 'missed',
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

/** Days of the same look are one path: there are many of them. */
function drawMonth({ year, index, name, left, top, step }: Month, days: ReadonlyMap<string, DayState>): Html {
  const length = new Date(Date.UTC(year, index + 1, 0)).getUTCDate();
  const before = (new Date(Date.UTC(year, index, 1)).getUTCDay() + 6) % 7;
  const month = `${year}-${String(index + 1).padStart(2, '0')}`;
  const side = px(step - 2);
  const squares = new Map<string, string>();
  const places: Place[] = [];
  for (let day = 1; day <= length; day += 1) {
    const place = before + day - 1;
    const [x, y] = [px(left + (place % 7) * step), px(top + HEAD + Math.floor(place / 7) * step)];
    const state = days.get(`${month}-${String(day).padStart(2, '0')}`) ?? null;
    const kind = state === null ? 'day' : `day-${state}`;
    squares.set(kind, `${squares.get(kind) ?? ''}M${x} ${y}h${side}v${side}h${-side}z`);
    const sign = state === null ? null : SIGNS[state];
    if (sign !== null) places.push({ sign, x: x + side / 2, y: y + side / 2 });
  }
  const paths = [...squares].map(([kind, path]) => markup`<path class="${kind}" d="${path}"/>`);
  return markup`${label('month', left, top + 13, 'start', name)}${paths}${drawSigns(places)}`;
}
