import { earlier } from '../../core/earlier.ts';
import { minuteText } from '../../report/document/words.ts';
import type { DrillOnRecord } from '../../store/ledger/index-answers.ts';

interface Known {
  readonly name: string;
  readonly record: Pick<DrillOnRecord, 'lastPassed' | 'lastBegun'>;
}

/**
 * The drills that have not passed for the longest time, or never; as many as are wanted. Of several that never passed those that
 * did not run for the longest time come first, then those that come first by name.
 */
export function leastProven<T extends Known>(drills: readonly T[], count: number): T[] {
  return drills
    .toSorted(
      (a, b) =>
        earlier(a.record.lastPassed, b.record.lastPassed) ||
        earlier(a.record.lastBegun, b.record.lastBegun) ||
        earlier(a.name, b.name),
    )
    .slice(0, count);
}

/** Why a drill is among those, in words. */
export function whyLeastProven({ lastPassed, lastBegun }: Known['record']): string {
  if (lastPassed !== null) return `last passed ${minuteText(lastPassed)}`;
  return lastBegun === null ? 'never ran' : `never passed, last ran ${minuteText(lastBegun)}`;
}
