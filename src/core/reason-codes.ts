/** What a reason does to the outcome of a run. `usage` and `busy` end before anything is started. */
export type Outcome = 'usage' | 'busy' | 'failed' | 'inconclusive' | 'cancelled' | 'warning';

interface CodeMeaning {
  readonly outcome: Outcome;
  readonly means: string;
}

/**
 * Every code that a run can end with. Codes are stable: they appear in `reasons[].code` of the report, and monitors and
 * scripts may test for them. A code decides the outcome, so that one fault can never be judged in two ways.
 */
export const REASON_CODES = {
  'plan-invalid': {
    outcome: 'usage',
    means: 'The plan, the settings of the machine, an option or an argument are not usable.',
  },
  'config-missing': { outcome: 'usage', means: 'No pgBackRest configuration was found.' },
  'config-not-readable': {
    outcome: 'usage',
    means: 'The user of the drill may not read the pgBackRest configuration.',
  },
  'config-invalid': { outcome: 'usage', means: 'pgBackRest does not take the configuration, or would misread it.' },
  'stanza-not-configured': { outcome: 'usage', means: 'The pgBackRest configuration names other stanzas only.' },
  'backup-label-unknown': {
    outcome: 'usage',
    means: 'The repository holds no backup set of the label that was typed.',
  },
  'target-too-early': { outcome: 'usage', means: 'The date or LSN that was typed lies before every backup.' },
  'target-unknown': {
    outcome: 'usage',
    means: 'The archive holds no restore point or transaction of the name that was typed.',
  },
  'scratch-refused': { outcome: 'usage', means: 'The scratch directory is unsafe: production, not ours, or too long.' },
  'reports-not-writable': { outcome: 'usage', means: 'The directory of the reports cannot be written to.' },
  'key-unusable': {
    outcome: 'usage',
    means: 'The key that is to sign cannot be read, is of another kind, or is no secret.',
  },
  'secret-unusable': {
    outcome: 'usage',
    means: 'A secret that a channel of notifications needs cannot be read, is empty, or is no secret.',
  },
  'not-found': { outcome: 'usage', means: 'A run, file or directory that was named does not exist.' },
  'schedule-not-installed': {
    outcome: 'usage',
    means: 'The timer of a drill could not be set up or removed; the hint says what to do.',
  },
  'tool-missing': { outcome: 'usage', means: 'A program that this machine needs is not installed.' },
  busy: { outcome: 'busy', means: 'The same drill is already running.' },

  'stanza-not-found': { outcome: 'failed', means: 'The repository holds no such stanza.' },
  'repo-unreadable': { outcome: 'failed', means: 'The repository cannot be read.' },
  'cipher-passphrase-wrong': { outcome: 'failed', means: 'The repository does not open with this passphrase.' },
  'repo-files-missing': { outcome: 'failed', means: 'The repository has lost backup.info or archive.info.' },
  'cluster-not-backed-up': { outcome: 'failed', means: 'The stanza is at a newer cluster than its newest backup.' },
  'backup-set-not-found': { outcome: 'failed', means: 'No backup set fits what was asked for.' },
  'backup-page-errors': { outcome: 'failed', means: 'The backup was taken of pages that were already damaged.' },
  'backup-file-missing': { outcome: 'failed', means: 'A file of the backup is not in the repository.' },
  'checksum-mismatch': { outcome: 'failed', means: 'A file of the backup is damaged in the repository.' },
  'target-before-first-backup': { outcome: 'failed', means: 'The recovery target lies before the first backup ended.' },
  'target-unreachable': { outcome: 'failed', means: 'The archive ends before the recovery target.' },
  'target-not-found': {
    outcome: 'failed',
    means: 'No recovery was found to lead to the restore point, the transaction or the random window.',
  },
  'target-rolled-back': { outcome: 'failed', means: 'The transaction that was named was rolled back.' },
  'target-ambiguous': { outcome: 'failed', means: 'The name or transaction is met more than once on the way.' },
  'target-unproven': { outcome: 'failed', means: 'Recovery ended, but not provably at the target.' },
  'wal-missing': { outcome: 'failed', means: 'WAL that recovery needs is not in the archive.' },
  'wal-expired': { outcome: 'failed', means: 'WAL that recovery needs was expired on purpose (retention-archive).' },
  'wal-duplicate': { outcome: 'failed', means: 'A WAL segment is in the archive more than once.' },
  'timeline-split': { outcome: 'failed', means: 'Production may have gone on elsewhere than the archive.' },
  'wal-unreadable': { outcome: 'failed', means: 'A WAL file is in the archive but cannot be read.' },
  'wal-checksum-mismatch': { outcome: 'failed', means: 'A WAL file differs from the SHA-1 in its archive name.' },
  'wal-unverified': { outcome: 'failed', means: 'A WAL file was replayed without proof that it is unaltered.' },
  'wal-invalid': { outcome: 'failed', means: 'The archived WAL itself holds a record that PostgreSQL rejects.' },
  'timeline-mismatch': { outcome: 'failed', means: 'The backup is not on the way to the timeline that was asked for.' },
  'repo-not-on-server': { outcome: 'failed', means: 'The repository lies on the disk of the server that is lost.' },
  'restore-failed': { outcome: 'failed', means: 'pgBackRest could not restore the backup.' },
  'recovery-failed': { outcome: 'failed', means: 'PostgreSQL could not recover the restored backup.' },
  'isolation-broken': { outcome: 'failed', means: 'The copy was not provably cut off from production.' },
  'check-failed': { outcome: 'failed', means: 'A critical check did not hold.' },
  'check-error': { outcome: 'failed', means: 'A critical check could not be evaluated.' },
  'data-corrupt': { outcome: 'failed', means: 'An integrity check found damage in the restored data.' },
  'promised-missing': { outcome: 'failed', means: 'A database or role that the plan promises is not there.' },
  'data-missing': { outcome: 'failed', means: 'A database or a relation of the cluster has no files.' },
  'table-gone': { outcome: 'failed', means: 'A table or database of the last passed run is not there any more.' },
  'rows-fewer': { outcome: 'failed', means: 'A table has clearly fewer rows than in the last passed run.' },
  'table-not-dumped': { outcome: 'failed', means: 'A table could not be taken out of the copy.' },
  'rto-missed': { outcome: 'failed', means: 'Recovery took longer than the objective.' },
  'rpo-missed': { outcome: 'failed', means: 'More may be lost than the objective allows.' },
  'backup-too-old': { outcome: 'failed', means: 'The newest backup is older than the objective.' },

  'heartbeat-unusable': {
    outcome: 'inconclusive',
    means: 'The heartbeat had stopped in production, or a clock was set: it shows nothing of this recovery.',
  },
  'production-unanswered': {
    outcome: 'inconclusive',
    means: 'Production could not be asked, so nothing was compared.',
  },
  'check-skipped': { outcome: 'inconclusive', means: 'A critical check was not run.' },
  'rung-unanswered': {
    outcome: 'inconclusive',
    means: 'At one of several targets the copy could not be asked: a lock was in the way, or nobody was let in.',
  },
  'bisect-unanswered': {
    outcome: 'inconclusive',
    means: 'What bisect asks the copy, or the WAL, could not be answered there.',
  },
  'integrity-unproven': { outcome: 'inconclusive', means: 'A part of the integrity checks gave no answer.' },
  'repo-permission-denied': {
    outcome: 'inconclusive',
    means: 'The repository refuses the user or the credentials of the drill.',
  },
  'confinement-unavailable': { outcome: 'inconclusive', means: 'This machine cannot fence the copy off.' },
  'environment-lacks': {
    outcome: 'inconclusive',
    means: 'The machine of the drill lacks what production has: a locale, a library, a setting.',
  },
  'postgres-missing': { outcome: 'inconclusive', means: 'PostgreSQL of the right major version is not installed.' },
  'version-unsupported': { outcome: 'inconclusive', means: 'A version is too old for an honest drill.' },
  'disk-full': { outcome: 'inconclusive', means: 'The scratch file system has, or would have, no room.' },
  'scratch-not-writable': { outcome: 'inconclusive', means: 'The scratch directory cannot be written to.' },
  'out-of-memory': { outcome: 'inconclusive', means: 'The machine has too little memory for the copy.' },
  'tablespace-outside': { outcome: 'inconclusive', means: 'WAL creates a tablespace outside the scratch directory.' },
  'standby-paused': { outcome: 'inconclusive', means: 'The standby paused: a setting is lower than in production.' },
  'restore-locked': { outcome: 'inconclusive', means: 'Another pgBackRest process holds a lock.' },
  'backup-expired': { outcome: 'inconclusive', means: 'The backup set was expired while the drill ran.' },
  'process-killed': { outcome: 'inconclusive', means: 'Something on this machine killed a process of the drill.' },
  'engine-unreachable': { outcome: 'inconclusive', means: 'No container engine answers, or not to this user.' },
  'image-missing': { outcome: 'inconclusive', means: 'The engine has no image with the right PostgreSQL in it.' },
  'server-unreachable': { outcome: 'inconclusive', means: 'The server of the drill does not answer by SSH.' },
  'host-key-refused': { outcome: 'inconclusive', means: "The server's host key is unknown, or has changed." },
  'login-refused': { outcome: 'inconclusive', means: 'The server does not let the drill log in.' },
  'connection-lost': { outcome: 'inconclusive', means: 'The connection to the server broke, and did not come back.' },
  'protocol-error': { outcome: 'inconclusive', means: 'The server sent what the supervisor of a drill never says.' },
  'login-shell-unusable': {
    outcome: 'inconclusive',
    means: 'The login shell of the server does something else than to run our command.',
  },
  'server-not-created': { outcome: 'inconclusive', means: 'The server for the drill could not be made.' },
  'bootstrap-failed': { outcome: 'inconclusive', means: 'PostgreSQL or pgBackRest could not be installed.' },
  'sandbox-failed': { outcome: 'inconclusive', means: 'The sandbox could not be made ready.' },
  'output-too-large': { outcome: 'inconclusive', means: 'A program of the drill printed more than pgdrill reads.' },
  'deadline-exceeded': { outcome: 'inconclusive', means: 'The run took longer than its deadline.' },

  cancelled: { outcome: 'cancelled', means: 'The run was ended by a signal.' },

  'check-warning': { outcome: 'warning', means: 'A check of severity warning did not hold.' },
  'integrity-note': { outcome: 'warning', means: 'An integrity check noted what production should look at.' },
  'integrity-skipped': { outcome: 'warning', means: 'A part of the integrity checks proves nothing for this cluster.' },
  'config-option-unknown': {
    outcome: 'warning',
    means: 'The pgBackRest configuration has an option that pgdrill does not know.',
  },
  'collation-version': { outcome: 'warning', means: 'Collations have other versions here than in production.' },
  'invalid-database': { outcome: 'warning', means: 'A DROP DATABASE was interrupted in production.' },
  'prepared-transactions': { outcome: 'warning', means: 'Prepared transactions are open after recovery.' },
  'unlogged-tables': { outcome: 'warning', means: 'The cluster has unlogged tables, which recovery empties.' },
  'restore-options-ignored': {
    outcome: 'warning',
    means: 'The configuration has options of restore that the drill does not obey.',
  },
  'config-not-in-backup': { outcome: 'warning', means: "The backup does not hold the cluster's configuration files." },
  'settings-refused': {
    outcome: 'warning',
    means: 'PostgreSQL does not take the settings of ALTER SYSTEM in the backup, and a real recovery would not start.',
  },
  'older-cluster': { outcome: 'warning', means: 'The backup is of a cluster that production has left behind.' },
  'other-branch': { outcome: 'warning', means: 'Another timeline holds what this recovery left aside.' },
  'schema-changed': {
    outcome: 'warning',
    means: 'Tables or functions are defined otherwise than in the last passed run.',
  },
  'baseline-unreadable': {
    outcome: 'inconclusive',
    means: 'What the last passed run has kept of its state cannot be read.',
  },
  'rto-forecast-missed': { outcome: 'warning', means: 'As the data grow, the RTO objective will be missed soon.' },
  'rto-regression': { outcome: 'warning', means: 'Recovery took clearly longer than in the runs before.' },
  'wal-behind-target': {
    outcome: 'warning',
    means: 'WAL behind the recovery target is damaged, or cannot be read; the target was reached without it.',
  },
  'repo-skipped': { outcome: 'warning', means: 'A repository was passed over: it cannot be read, or has no backup.' },
  'ledger-not-written': { outcome: 'warning', means: 'The run could not be put on record in the ledger.' },
  'ledger-changed': { outcome: 'warning', means: 'The ledger is not the one that was signed by the run before.' },
  'not-signed': { outcome: 'warning', means: 'The run could not be signed.' },
  'report-elsewhere': { outcome: 'warning', means: 'The report could not be written where it belongs.' },
  'evidence-missing': { outcome: 'warning', means: 'A file that belongs beside the report could not be kept.' },
  'cleanup-failed': { outcome: 'warning', means: 'Something of the run could not be removed.' },
} as const satisfies Record<string, CodeMeaning>;

/** A stable code; see {@link REASON_CODES}. */
export type ReasonCode = keyof typeof REASON_CODES;

/** The outcome that a code stands for. */
export function outcomeOf(code: ReasonCode): Outcome {
  return REASON_CODES[code].outcome;
}
