import type { Inline, Tone } from '../../report/document/blocks.ts';
import { counted, minuteText } from '../../report/document/words.ts';
import type { BundledRun } from './bundled-run.ts';
import type { Kept, Stretch } from './cadence.ts';

/** `2026-11-29` of an ISO 8601 stamp. */
export function dayText(stamp: string): string {
  return stamp.slice(0, 10);
}

/** `32 days`; below two days with a fraction. */
export function daysText(days: number): string {
  return days < 2 ? `${days.toFixed(1)} days` : counted(Math.round(days), 'day');
}

export function stretchText({ from, until, days }: Stretch): string {
  return `${daysText(days)}, ${dayText(from)} to ${dayText(until)}`;
}

export function joined(texts: readonly string[]): string {
  return texts.length === 0 ? '–' : texts.join(', ');
}

/** When a run began, as a link to its report where it has one. */
export function reportLink({ startedAt, report }: BundledRun): Inline {
  const words = minuteText(startedAt);
  return report === null ? words : { href: report, words };
}

/** How a schedule was kept, with a mark. Null: the drill never ran. */
export function keptWords(kept: Kept | null): Inline[] {
  if (kept === null) return [{ tone: 'bad', mark: 'never ran' }];
  const { due, ran, passed, since } = kept;
  const from = since === null ? '' : ` since its first run (${dayText(since)})`;
  if (due === 0) return [`not due${from === '' ? ' in the period' : from}`];
  const tone: Tone = ran < due ? 'bad' : passed < due ? 'warning' : 'good';
  return [
    { tone, mark: ran < due ? 'not kept' : passed < due ? 'kept, not always passed' : 'kept' },
    `: due ${due === 1 ? 'once' : `${due} times`}${from}, ran ${ran}, passed ${passed}`,
  ];
}

/** Times at which a drill was due, one after the other, and did not run or did not pass. */
interface MissedRow {
  readonly first: string;
  readonly last: string;
  readonly count: number;
  readonly ran: boolean;
}

/** What was missed in a row is told as one: a list of single times hides everything else. */
export function missedInARow({ missed }: Pick<Kept, 'missed'>): MissedRow[] {
  const rows: MissedRow[] = [];
  for (const [index, { turn, at, ran }] of missed.entries()) {
    const [row, before] = [rows.at(-1), missed[index - 1]];
    if (row !== undefined && row.ran === ran && before?.turn === turn - 1)
      rows[rows.length - 1] = { ...row, last: at, count: row.count + 1 };
    else rows.push({ first: at, last: at, count: 1, ran });
  }
  return rows;
}

/** `due 28 times from 2026-11-01 02:00 UTC to 2026-11-28 02:00 UTC`. */
export function dueWords({ first, last, count }: MissedRow): string {
  if (count === 1) return `due ${minuteText(first)}`;
  return `due ${count} times from ${minuteText(first)} to ${minuteText(last)}`;
}
