import { formatInstant } from '../core/instant.ts';
import type { DrillPlan } from '../plan/drill-plan.ts';
import { formatLsn } from '../postgres/lsn.ts';
import type { Candidate } from './commit-index.ts';
import type { BisectDocument, FlipDocument } from './document.ts';
import { madeFalse, type Asked, type Flip } from './flips.ts';
import type { Found, PassResult } from './pass.ts';
import { restoreWords } from './restore-command.ts';

type Transaction = FlipDocument['transactions'][number];

/** An answer, for the report. */
export function answerOf({ answer: { state, message }, replayedTo }: Asked): FlipDocument['before'] {
  return { state, message, lsn: formatLsn(replayedTo) };
}

/** A change of the predicate, for the report, with the words that recover to before it where it is one transaction. */
export function flipOf(flip: Flip, { names, backup }: Found, { source, timeline }: DrillPlan): FlipDocument {
  const [one, ...others] = flip.candidates;
  const place = { ...source, backup, timeline: String(timeline) };
  return {
    before: answerOf(flip.before),
    after: answerOf(flip.after),
    transactions: flip.candidates.map((candidate) => transactionOf(candidate, names)),
    madeFalse: madeFalse(flip),
    restore: one === undefined || others.length > 0 ? null : restoreWords(one, place),
  };
}

function transactionOf(candidate: Candidate, names: Found['names']): Transaction {
  const { xid, at, lsn, isPrepared, subtransactions, changesRelations, counts, commitBefore } = candidate;
  const touched = [...counts].flatMap(([file, kinds]) =>
    [...kinds].map(([kind, records]) => ({ relation: names.get(file) ?? `file ${file}`, kind, records })),
  );
  return {
    xid,
    at: at === null ? null : formatInstant(at),
    lsn: formatLsn(lsn),
    prepared: isPrepared,
    subtransactions: [...subtransactions],
    changesRelations,
    touched: touched.toSorted((a, b) => b.records - a.records),
    lastGoodCommitAt: commitBefore === null ? null : formatInstant(commitBefore),
  };
}

/** A pass that went through, for the report. */
export function passOf({ runId, durationMs }: PassResult, found: Found): BisectDocument['passes'][number] {
  const { backup, range, end, commits, candidates, relations, asked } = found;
  return {
    run: runId,
    backup: backup.label,
    repository: backup.repo,
    from: formatLsn(range.start.before),
    to: end === null ? null : formatLsn(end.before),
    commits,
    candidates,
    relations: relations.files === null ? [] : [...relations.read],
    asked: asked.length,
    durationMs,
  };
}
