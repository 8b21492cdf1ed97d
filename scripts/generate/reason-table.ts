import { REASON_CODES, type Outcome } from '../../src/core/reason-codes.ts';
import { markdownTable } from './markdown-table.ts';

const OUTCOMES: readonly { readonly outcome: Outcome; readonly title: string; readonly text: string }[] = [
  { outcome: 'failed', title: 'Failed', text: 'The backup, the recovery, a check or an objective. Exit status 1.' },
  {
    outcome: 'inconclusive',
    title: 'Inconclusive',
    text: 'This machine or the sandbox kept the run from an answer. Exit status 3.',
  },
  { outcome: 'cancelled', title: 'Cancelled', text: 'A signal ended the run. Exit status 130 or 143.' },
  { outcome: 'warning', title: 'Warnings', text: 'They stand in the report and do not change the verdict.' },
  { outcome: 'usage', title: 'Usage', text: 'Nothing was started, and no report is written. Exit status 2.' },
  { outcome: 'busy', title: 'Busy', text: 'Nothing was started, and no report is written. Exit status 5.' },
];

/** All reason codes, a table for each outcome. */
export function reasonTables(): string {
  return OUTCOMES.map(({ outcome, title, text }) => `## ${title}\n\n${text}\n\n${tableOf(outcome)}`).join('\n');
}

function tableOf(outcome: Outcome): string {
  const rows = Object.entries(REASON_CODES).filter(([, code]) => code.outcome === outcome);
  return markdownTable(
    ['Code', 'Meaning'],
    rows.map(([code, { means }]) => [`\`${code}\``, means]),
  );
}
