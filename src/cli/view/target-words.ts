import { targetWords } from '../../report/document/target.ts';
import type { DrillReport } from '../../report/report.ts';

/** The recovery target of a report as plain text. */
export function describeTarget(target: DrillReport['target']): string {
  return targetWords(target)
    .map((word) => (typeof word === 'string' ? word : 'code' in word ? word.code : ''))
    .join('');
}
