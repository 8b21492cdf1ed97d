import type { ReasonCode, REASON_CODES } from '../../core/reason-codes.ts';

/** What may be tried after a run that failed. */
export type StepName =
  | 'other-set'
  | 'related-set'
  | 'other-repository'
  | 'before-the-hole'
  | 'end-of-archive'
  | 'earlier-data';

/** What a reason leaves to try, the best first; or why nothing is left, as the end of a sentence. */
type Rule = { readonly steps: readonly StepName[] } | { readonly none: string };

type FailedCode = {
  readonly [Code in ReasonCode]: (typeof REASON_CODES)[Code]['outcome'] extends 'failed' ? Code : never;
}[ReasonCode];

function first(...steps: StepName[]): Rule {
  return { steps };
}

/** The set is at fault: another one that shares no file with it, then another copy, then one that shares some. */
const OF_THE_SET = first('other-set', 'other-repository', 'related-set');

/** The repository as a whole is at fault, or does not hold what was asked for. */
const OF_THE_REPOSITORY = first('other-repository');

/** The archive is at fault, and every set of the repository needs it. */
const OF_THE_ARCHIVE = first('other-repository', 'before-the-hole');

/** The data is not as it should be: whether it was so before. */
const OF_THE_DATA = first('earlier-data');

/** What each code that fails a run leaves to try. */
const RULES = {
  'stanza-not-found': OF_THE_REPOSITORY,
  'repo-unreadable': OF_THE_REPOSITORY,
  'cipher-passphrase-wrong': OF_THE_REPOSITORY,
  'repo-files-missing': OF_THE_REPOSITORY,
  'repo-not-on-server': OF_THE_REPOSITORY,
  'cluster-not-backed-up': OF_THE_REPOSITORY,
  'backup-set-not-found': OF_THE_REPOSITORY,
  'target-before-first-backup': OF_THE_REPOSITORY,
  'target-not-found': OF_THE_REPOSITORY,
  'timeline-mismatch': OF_THE_REPOSITORY,
  'timeline-split': OF_THE_REPOSITORY,
  'rpo-missed': OF_THE_REPOSITORY,

  'backup-page-errors': OF_THE_SET,
  'backup-file-missing': OF_THE_SET,
  'checksum-mismatch': OF_THE_SET,
  'restore-failed': OF_THE_SET,
  'data-corrupt': OF_THE_SET,
  'data-missing': OF_THE_SET,

  'wal-missing': OF_THE_ARCHIVE,
  'wal-expired': OF_THE_ARCHIVE,
  'wal-duplicate': OF_THE_ARCHIVE,
  'wal-unreadable': OF_THE_ARCHIVE,
  'wal-checksum-mismatch': OF_THE_ARCHIVE,
  'wal-unverified': OF_THE_ARCHIVE,
  'wal-invalid': OF_THE_ARCHIVE,

  'target-unreachable': first('other-repository', 'end-of-archive'),
  // Either may be at fault, the set or its WAL: another copy has both anew.
  'recovery-failed': first('other-repository', 'other-set'),
  'target-unproven': first('other-repository', 'other-set'),

  'check-failed': OF_THE_DATA,
  'check-error': OF_THE_DATA,
  'promised-missing': OF_THE_DATA,
  'table-gone': OF_THE_DATA,
  'rows-fewer': OF_THE_DATA,

  'target-rolled-back': { none: 'the transaction was rolled back in production, so no backup brings it back' },
  'target-ambiguous': { none: 'every set meets the name or transaction as often: name a time or an LSN' },
  'isolation-broken': { none: 'the sandbox is at fault, and would be so with every other set' },
  'table-not-dumped': { none: 'the copy was there; it is a table of it that could not be taken out' },
  'rto-missed': { none: 'the backup recovers; an older set would take longer' },
  'backup-too-old': { none: 'the backup recovers; what is missing is a newer one' },
} as const satisfies Record<FailedCode, Rule>;

const ANY: Readonly<Record<string, Rule>> = RULES;

/** What a run that failed leaves to try, and the code that says so. */
export interface Ruled {
  readonly code: string;
  readonly rule: Rule;
}

/**
 * What is to be tried after a run that failed for these codes, in their order. A broken isolation outweighs all; of the others the
 * first that leaves anything to try. Null: none of them failed it.
 */
export function ruleFor(codes: readonly string[]): Ruled | null {
  const ruled = codes.flatMap((code): Ruled[] => {
    const rule = Object.hasOwn(ANY, code) ? ANY[code] : undefined;
    return rule === undefined ? [] : [{ code, rule }];
  });
  const broken = ruled.find(({ code }) => code === 'isolation-broken');
  return broken ?? ruled.find(({ rule }) => 'steps' in rule) ?? ruled[0] ?? null;
}
