import { DrillError } from '../../core/errors.ts';
import { formatInstant } from '../../core/instant.ts';
import { REASON_CODES, type ReasonCode } from '../../core/reason-codes.ts';
import type { ExitStatus } from '../../host/host.ts';
import type { FeedJournal } from '../../pgbackrest/wal-feed.ts';
import type { RecoveryTarget } from '../../targets/index.ts';
import { endedShortOfTarget, fatalMeaning } from '../../postgres/failure.ts';
import { formatLsn } from '../../postgres/lsn.ts';
import { environmentLacks, lackIn } from '../../postgres/lacks.ts';
import type { RecoveryFacts } from '../../postgres/recovery-log.ts';
import type { ArchiveState } from '../preflight/archive-state.ts';
import { invalidWal, isAfter } from '../../targets/proof-of-end.ts';
import { kindOf, targetText } from '../../targets/index.ts';
import { CHOOSE_EARLIER } from '../../targets/kind.ts';

interface FailedRecovery {
  readonly target: RecoveryTarget;
  readonly facts: RecoveryFacts;
  readonly journal: FeedJournal;
  readonly exit: ExitStatus | null;
  /** The gap in the archive that recovery ran into, when there is one. */
  readonly missing: string | null;
  /** What the archive held on the way when the run began. */
  readonly archive: Pick<ArchiveState, 'path' | 'newestAt' | 'segmentBytes'>;
}

const SEGMENT_HINT =
  'look for an unharmed copy of the segment; until it is back only earlier points can be recovered; the log has the words of pgBackRest';
const REPOSITORY_HINT =
  'the log has the words of pgBackRest; if the network was at fault, run the drill again: a real recovery would have stopped here too';

const HINTS: Partial<Record<ReasonCode, string>> = {
  'repo-unreadable': REPOSITORY_HINT,
  'repo-permission-denied': 'run the drill as the owner of the repository, or let its group read it',
  'sandbox-failed': 'look at the limits of this machine on open files, processes and memory (ulimit, cgroup)',
  'process-killed': 'look in the system log for the killer; too little memory is the usual one',
  'disk-full': 'free room on the scratch file system, or name another one with --scratch',
};

/** Why the feed refused a file; `reached`: what was reached instead. */
export function refusedFile(
  { file, code, text }: NonNullable<FeedJournal['refused']>,
  reached: string | null,
): DrillError {
  const known = Object.hasOwn(REASON_CODES, code) ? (code as ReasonCode) : 'wal-unreadable';
  const hint = HINTS[known] ?? SEGMENT_HINT;
  return new DrillError(known, `WAL file ${file}: ${text}${reached === null ? '' : `; ${reached}`}`, {
    hint,
    walFile: file,
  });
}

/** The error that a recovery ended with: told from the feed first, since PostgreSQL only sees that a command failed. */
export function recoveryFailure(failed: FailedRecovery): DrillError {
  const { facts, journal, exit, target } = failed;
  const reached = reachedText(facts);
  if (journal.refused) return refusedFile(journal.refused, reached);
  const fatal = facts.fatal.join('; ');
  if (endedShortOfTarget(fatal)) {
    if (failed.missing !== null) {
      return new DrillError(
        'wal-missing',
        `WAL segment ${failed.missing} is not in the archive, so ${targetText(target)} was not reached; ${reached}`,
        {
          hint: 'look for the segment in the pg_wal directories and other repositories',
          walFile: failed.missing,
        },
      );
    }
    return shortOfTarget(failed);
  }
  if (facts.paused && kindOf(target).staysInRecovery) {
    return new DrillError('standby-paused', `the standby paused: a setting is lower than in production; ${reached}`, {
      hint: 'the server log names it; raise it with sandbox.settings in the plan',
    });
  }
  const lack = lackIn(fatal);
  if (lack) return environmentLacks({ ...lack, what: `${lack.what}: ${fatal}; ${reached}` });
  const known = fatalMeaning(fatal);
  if (known) return new DrillError(known.code, `${fatal}; ${reached}`, { hint: known.hint });
  if (exit?.signal === 'SIGKILL' || exit?.exitCode === 137 || facts.killedBySignal === 9) {
    return new DrillError('process-killed', `PostgreSQL was killed during recovery; ${reached}`, {
      hint: 'look in the system log for the killer; too little memory is the usual one',
    });
  }
  const end = exit === null ? '' : ` (PostgreSQL ended with ${exit.signal ?? `exit status ${exit.exitCode ?? '?'}`})`;
  return new DrillError('recovery-failed', `${fatal || 'PostgreSQL stopped without a reason'}${end}; ${reached}`, {
    hint: 'the whole server log is with the report',
  });
}

/** Why replay ended before the target: PostgreSQL rejected a record, production was idle, or the archive ends there. */
function shortOfTarget({ target, facts, archive }: FailedRecovery): DrillError {
  const what = targetText(target);
  const { invalidRecord, redoDoneLsn } = facts;
  if (invalidRecord !== null && !isAfter(invalidRecord, archive.path.segments.at(-1) ?? ''))
    return invalidWal(facts, redoDoneLsn ?? 0n, archive.segmentBytes, what);
  const told = kindOf(target).endedShort(facts, archive.newestAt);
  if (told) return told;
  return new DrillError('target-unreachable', `the archive ends before ${what}; ${reachedText(facts)}`, {
    hint: CHOOSE_EARLIER,
  });
}

/** What was reached instead. */
function reachedText(facts: RecoveryFacts): string {
  if (facts.lastCommitAt !== null) return `the last commit in the archive is of ${formatInstant(facts.lastCommitAt)}`;
  if (facts.redoDoneLsn !== null)
    return `replay ended at LSN ${formatLsn(facts.redoDoneLsn)}, with no commit on the way`;
  if (facts.lastRestored !== null) return `the last WAL file that was read is ${facts.lastRestored}`;
  return 'no WAL was replayed';
}
