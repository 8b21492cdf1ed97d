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

/** How a schedule was kept, with a mark. */
export function keptWords({ due, ran, passed }: Kept): Inline[] {
  if (due === 0) return ['not due in the period'];
  const tone: Tone = ran < due ? 'bad' : passed < due ? 'warning' : 'good';
  return [
    { tone, mark: ran < due ? 'not kept' : passed < due ? 'kept, not always passed' : 'kept' },
    `: due ${due} times, ran ${ran}, passed ${passed}`,
  ];
}
