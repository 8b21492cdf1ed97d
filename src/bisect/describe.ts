import { shellJoin } from '../core/shell-quote.ts';
import { escapeProse, inlineCode } from '../report/markdown/escape.ts';
import { visible } from '../report/visible.ts';
import { capital, counted, durationText, stampText } from '../report/document/words.ts';
import type { BisectDocument, FlipDocument } from './document.ts';

type Transaction = FlipDocument['transactions'][number];

/** What a bisection comes to, in a sentence. */
export function headline(document: BisectDocument): string {
  const { outcome, flips, culprit, start, reason } = document;
  const flip = culprit === null ? undefined : flips[culprit];
  const [transaction] = flip?.transactions ?? [];
  switch (outcome) {
    case 'found':
      return `transaction ${transaction?.xid ?? '?'} made it ${stateText(flip?.after)}`;
    case 'always-true':
      return 'it is true all along the range: nothing made it false';
    case 'never-true':
      return `it is ${stateText(start)} all along the range: name an earlier --from, when it was true`;
    case 'not-made-false':
      return 'no transaction of the range made it false';
    case 'cancelled':
      return 'it was ended by a signal';
    case 'inconclusive':
      return reason?.message ?? 'there is no certain answer';
  }
}

/** An answer in words. */
export function stateText(
  answer: { readonly state: string | null; readonly message: string | null } | null | undefined,
): string {
  const state = answer?.state ?? null;
  if (answer === null || answer === undefined || state === null) return 'not answered';
  return answer.message === null ? state : `an error (${answer.message})`;
}

/** A change in a line. */
export function flipLine({ before, after, transactions }: FlipDocument): string {
  const change = `${stateText(before)} → ${stateText(after)}`;
  const [one] = transactions;
  if (one === undefined) return `${change}  between LSN ${before.lsn} and ${after.lsn}`;
  return transactions.length === 1
    ? `${change}  ${transactionText(one)}`
    : `${change}  one of ${transactions.map(({ xid }) => xid).join(', ')}`;
}

function transactionText({ xid, at, lsn, prepared }: Transaction): string {
  return `transaction ${xid}, committed ${stampText(at)}, LSN ${lsn}${prepared ? ', prepared before' : ''}`;
}

/** What a transaction did, the most first. */
export function touchedText({ touched, changesRelations, subtransactions }: Transaction): string {
  const shown = touched.slice(0, 6).map(({ relation, kind, records }) => `${relation} ${kind} ${records}`);
  const more = touched.length > shown.length ? [`and ${touched.length - shown.length} more`] : [];
  return [
    ...shown,
    ...more,
    ...(changesRelations ? ['changed the definition or the file of a table (TRUNCATE, ALTER, DROP)'] : []),
    ...(subtransactions.length > 0 ? [counted(subtransactions.length, 'subtransaction')] : []),
  ].join(', ');
}

/** What was looked at, in a sentence. */
export function coverText({ passes }: BisectDocument): string {
  const [first] = passes;
  if (first === undefined) return 'nothing';
  const asked = passes.reduce((sum, one) => sum + one.asked, 0);
  const read = first.relations.length === 0 ? '' : ` of ${first.relations.join(', ')}`;
  const restores = passes.length === 1 ? 'one restore' : `${passes.length} restores`;
  return `LSN ${first.from} to ${first.to ?? '?'}: ${counted(first.commits, 'commit')}, ${counted(first.candidates, 'candidate')}${read}; asked at ${counted(asked, 'place')} in ${restores}`;
}

/** The whole answer in Markdown. */
export function bisectMarkdown(document: BisectDocument): string {
  const { outcome, predicate, database, flips, culprit, notes, durationMs, id, stanza, pgdrill, reason, start } =
    document;
  const flip = culprit === null ? undefined : flips[culprit];
  return [
    `# ${capital(headline(document))}`,
    '',
    ...fenced('sql', predicate),
    `Database ${inlineCode(database)} of stanza ${inlineCode(stanza)}; outcome ${inlineCode(outcome)}.`,
    '',
    ...(flip === undefined ? [] : culpritLines(flip)),
    '## Changes of the answer',
    '',
    ...(start === null
      ? []
      : [`Where the range begins it is ${escapeProse(stateText(start))}, with replay at LSN ${start.lsn}.`, '']),
    ...(flips.length === 0 ? ['None.'] : flips.map((one) => `- ${escapeProse(flipLine(one))}`)),
    '',
    document.allFlips ? 'All changes in the range are named.' : 'There may be other changes in the range.',
    '',
    '## How it was found',
    '',
    `${escapeProse(capital(coverText(document)))}. It took ${durationText(durationMs)}.`,
    '',
    ...notes.map((note) => `- ${escapeProse(capital(note))}.`),
    ...[reason?.hint ?? []].flat().map((hint) => `- Next: ${escapeProse(hint)}.`),
    '',
    `Bisection ${inlineCode(id)}, by pgdrill ${pgdrill}.`,
    '',
  ].join('\n');
}

function culpritLines({ before, after, transactions, restore }: FlipDocument): string[] {
  return [
    ...transactions.map(
      (one) =>
        `- ${escapeProse(capital(transactionText(one)))}: ${escapeProse(touchedText(one) || 'nothing that is known')}`,
    ),
    ...transactions.slice(0, 1).map(({ lastGoodCommitAt }) => `- The commit before it: ${stampText(lastGoodCommitAt)}`),
    `- Replayed to LSN ${before.lsn}, right before it: ${escapeProse(stateText(before))}`,
    `- Replayed to LSN ${after.lsn}, right after it: ${escapeProse(stateText(after))}`,
    '',
    ...(restore === null ? [] : ['To recover to right before it:', '', ...fenced('sh', shellJoin(restore))]),
  ];
}

function fenced(language: string, text: string): string[] {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return [`${fence}${language}`, visible(text), fence, ''];
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
