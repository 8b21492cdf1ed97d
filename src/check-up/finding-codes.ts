/** How bad something is. `unknown`: it could not be looked at, or not be told from what was seen. */
export type Level = 'ok' | 'warning' | 'critical' | 'unknown';

/** From the worst on: what is not known comes before a warning, so that it is never hidden by one. */
const WORST_FIRST: readonly Level[] = ['critical', 'unknown', 'warning'];

/** The greater, the worse. */
export function badness(level: Level): number {
  return level === 'ok' ? 0 : WORST_FIRST.length - WORST_FIRST.indexOf(level);
}

/** The worst of some levels. */
export function worstLevel(levels: readonly Level[]): Level {
  return WORST_FIRST.find((level) => levels.includes(level)) ?? 'ok';
}

interface CodeMeaning {
  readonly level: Exclude<Level, 'ok'>;
  readonly means: string;
}

/**
 * Everything that a check-up can find. Codes are stable: monitors may test for them. A code decides the level, so that one fault
 * can never be judged in two ways; those that a run can end with as well mean the same there.
 */
export const FINDING_CODES = {
  'stanza-not-found': { level: 'critical', means: 'The repository holds no such stanza.' },
  'backup-set-not-found': { level: 'critical', means: 'The repository holds no backup of the stanza.' },
  'repo-files-missing': { level: 'critical', means: 'The repository has lost backup.info or archive.info.' },
  'cipher-passphrase-wrong': { level: 'critical', means: 'The repository does not open with this passphrase.' },
  'cluster-not-backed-up': { level: 'critical', means: 'The stanza is at a newer cluster than its newest backup.' },
  'backup-too-old': { level: 'critical', means: 'The newest backup is older than `objectives.backupAge`.' },
  'retention-short': { level: 'critical', means: 'There are fewer backup sets than `retention` promises.' },
  'backup-file-missing': { level: 'critical', means: 'A backup set is listed, but not in the repository.' },
  'backup-page-errors': { level: 'critical', means: 'The newest backup was taken of pages that were damaged already.' },
  'set-unusable': { level: 'critical', means: 'A backup set lacks WAL of its own, so it cannot become consistent.' },
  'wal-missing': { level: 'critical', means: 'WAL is missing: moments are lost, or all that came after it.' },
  'wal-duplicate': { level: 'critical', means: 'A WAL segment is in the archive more than once.' },
  'timeline-split': { level: 'critical', means: 'Production may have gone on elsewhere than the archive.' },
  'timeline-mismatch': { level: 'critical', means: 'No backup set leads to the timeline that the plan asks for.' },
  'wal-unreadable': { level: 'critical', means: 'A timeline history in the archive cannot be understood.' },
  'rpo-missed': { level: 'critical', means: 'The newest WAL that can be recovered is older than `objectives.rpo`.' },
  'recoverable-short': { level: 'critical', means: 'Less can be recovered to than `objectives.recoverable` promises.' },
  'repo-behind': { level: 'critical', means: 'WAL that another repository has does not come into this one.' },
  'verify-failed': { level: 'critical', means: '`pgbackrest verify` found files that are damaged or missing.' },

  'repo-unreadable': { level: 'unknown', means: 'The repository could not be read from here.' },
  'repo-permission-denied': { level: 'unknown', means: 'The repository refuses the user or the credentials.' },
  'repo-timeout': { level: 'unknown', means: 'The repository did not answer in time.' },
  'version-unsupported': { level: 'unknown', means: 'The repository host has another version of pgBackRest.' },
  'config-invalid': { level: 'unknown', means: 'pgBackRest does not take the configuration.' },
  'clock-doubtful': { level: 'unknown', means: 'Something is dated in the future, so that no age can be told.' },
  'not-measured': { level: 'unknown', means: 'Something that was promised could not be measured.' },
  'protection-unknown': {
    level: 'unknown',
    means: 'The bucket does not say whether it keeps versions and locks objects.',
  },
  'verify-unknown': { level: 'unknown', means: '`pgbackrest verify` did not say what it found.' },
  'look-failed': { level: 'unknown', means: 'Looking ended with an error; its code stands in the message.' },

  'older-page-errors': { level: 'warning', means: 'An older backup was taken of pages that were damaged already.' },
  'older-wal-missing': { level: 'warning', means: 'WAL is missing, but further back than `recoverable` promises.' },
  'wal-expired': { level: 'warning', means: 'WAL between backup sets was expired on purpose (retention-archive).' },
  'wal-late': { level: 'warning', means: 'A segment is not there yet, though a later one came a moment ago.' },
  'other-branch': { level: 'warning', means: 'Another timeline holds what a recovery would leave aside.' },
  'retention-overdue': { level: 'warning', means: 'Backup sets are still there that should have expired.' },
  'lock-held-long': { level: 'warning', means: 'A backup on this machine has held its lock for very long.' },
  'versioning-off': { level: 'warning', means: 'The bucket keeps no older versions: what is deleted is gone.' },
  'object-lock-off': {
    level: 'warning',
    means: 'The bucket locks no objects: whoever may delete can delete all backups.',
  },
  'config-option-unknown': { level: 'warning', means: 'The configuration has an option that pgdrill does not know.' },
} as const satisfies Readonly<Record<string, CodeMeaning>>;

export type FindingCode = keyof typeof FINDING_CODES;

/** Something that a check-up found. */
export interface Finding {
  readonly code: FindingCode;
  readonly level: Exclude<Level, 'ok'>;
  /** Null: of the stanza as a whole. */
  readonly repo: number | null;
  readonly message: string;
  readonly hint: string | null;
}

export function isFindingCode(code: string): code is FindingCode {
  return code in FINDING_CODES;
}

/** A finding of a code, which decides its level. */
export function finding(code: FindingCode, repo: number | null, message: string, hint: string | null): Finding {
  return { code, level: FINDING_CODES[code].level, repo, message, hint };
}
