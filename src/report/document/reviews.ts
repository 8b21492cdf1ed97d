import type { Review } from '../review.ts';
import { paragraph, type Section, type Words } from './blocks.ts';
import { minuteText } from './words.ts';

const HOW =
  'Each is on record in the ledger, by a signed statement beside the report, which stays as it is: drill evidence verify says whether they hold.';

/** Who has looked at the run, and what came of it; nothing where nobody has. */
export function describeReviews(reviews: readonly Review[]): Section[] {
  if (reviews.length === 0) return [];
  const rows = reviews.map(({ by, decision, note, at, file }): Words[] => [
    minuteText(at),
    by,
    decision === 'accepted' ? { tone: 'good', mark: 'accepted' } : { tone: 'warning', mark: 'follow-up' },
    note ?? '',
    file === null ? { tone: 'warning', mark: 'missing, or changed' } : { code: file },
  ]);
  const head = ['When', 'By', 'Decision', 'Note', 'Statement'];
  return [{ title: 'Review', blocks: [{ kind: 'table', head, rows }, paragraph(HOW)] }];
}
