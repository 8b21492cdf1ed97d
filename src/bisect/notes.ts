import { counted } from '../report/document/words.ts';
import { MOST_CANDIDATES } from './commit-index.ts';
import type { FlipDocument } from './document.ts';
import type { Found } from './pass.ts';

/** What a reader has to know to take an answer for what it is. */
export function notesOn(found: readonly Found[], flips: readonly FlipDocument[]): string[] {
  return [...found.flatMap(ofPass), ...flips.flatMap(ofFlip)];
}

function ofPass({ relations, candidates, isEach, asked }: Found): string[] {
  const unanswered = asked.filter(({ answer }) => answer.state === null);
  return [
    ...(relations.files === null
      ? [
          'it is not known what the predicate reads, so every transaction that changed something was a candidate; --table names what a function reads',
        ]
      : []),
    ...(isEach
      ? []
      : [
          `there were ${candidates} candidates, more than ${MOST_CANDIDATES}: the predicate was asked at ${asked.length} places, and only one change is named; there may be others between those places`,
        ]),
    ...(unanswered.length === 0
      ? []
      : [`at ${counted(unanswered.length, 'place')} there was no answer: ${unanswered[0]?.answer.message ?? '?'}`]),
  ];
}

function ofFlip({ before, after, transactions }: FlipDocument): string[] {
  const between = `between LSN ${before.lsn} and ${after.lsn}`;
  if (transactions.length === 0)
    return [
      `${between} the answer changed, and no transaction is known that did it: does it depend on the clock, or on chance?`,
    ];
  if (transactions.length === 1) return [];
  return [
    `${between} a lock kept the predicate from being asked: one of ${transactions.length} transactions changed the answer`,
  ];
}
