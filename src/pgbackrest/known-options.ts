/**
 * What a drill does with an option of the user's pgBackRest configuration.
 * `read`: how a repository is reached and read; carried into the run's own configuration.
 * `restore`: what is restored, and into what; the plan and the sandbox say that.
 * `production`: where production lives; known, to stay away from it.
 * `write`: backups, archiving, expiring and serving others, none of which a drill does.
 * `own`: directories, logs and processes, of which a run has its own.
 * `command-line`: pgBackRest does not take it from a file.
 */
export type OptionUse = 'read' | 'restore' | 'production' | 'write' | 'own' | 'command-line';

/** The options of pgBackRest 2.45 to 2.60 (src/build/config/config.yaml, later build/config.yaml), `N` for an index. */
const NAMES: Readonly<Record<OptionUse, string>> = {
  read: `archive-async archive-get-queue-max archive-missing-retry beta buffer-size cmd-ssh compress-level-network
    io-timeout job-retry job-retry-interval protocol-timeout repo-target-time sck-block sck-keep-alive
    tcp-keep-alive-count tcp-keep-alive-idle tcp-keep-alive-interval tls-cipher-12 tls-cipher-13
    repoN-azure-account repoN-azure-container repoN-azure-endpoint repoN-azure-key repoN-azure-key-type
    repoN-azure-uri-style repoN-cipher-pass repoN-cipher-type repoN-gcs-bucket repoN-gcs-endpoint repoN-gcs-key
    repoN-gcs-key-type repoN-gcs-user-project repoN-host repoN-host-ca-file repoN-host-ca-path repoN-host-cert-file
    repoN-host-cmd repoN-host-config repoN-host-config-include-path repoN-host-config-path repoN-host-key-file
    repoN-host-port repoN-host-type repoN-host-user repoN-local repoN-path repoN-s3-bucket repoN-s3-endpoint
    repoN-s3-key repoN-s3-key-secret repoN-s3-key-type repoN-s3-kms-key-id repoN-s3-process-cmd repoN-s3-region
    repoN-s3-requester-pays repoN-s3-role repoN-s3-service repoN-s3-sse-customer-key repoN-s3-sts-host repoN-s3-token
    repoN-s3-uri-style repoN-sftp-host repoN-sftp-host-fingerprint repoN-sftp-host-key-check-type
    repoN-sftp-host-key-hash-type repoN-sftp-host-port repoN-sftp-host-user repoN-sftp-known-host
    repoN-sftp-private-key-file repoN-sftp-private-key-passphrase repoN-sftp-public-key-file repoN-storage-ca-file
    repoN-storage-ca-path repoN-storage-host repoN-storage-port repoN-storage-prefetch repoN-storage-read-over
    repoN-storage-tag repoN-storage-upload-chunk-size repoN-storage-verify-tls repoN-type`,
  restore: `archive-mode db-exclude db-include delta link-all link-map recovery-option tablespace-map
    tablespace-map-all`,
  production: `pg-version-force pgN-database pgN-host pgN-host-ca-file pgN-host-ca-path pgN-host-cert-file pgN-host-cmd
    pgN-host-config pgN-host-config-include-path pgN-host-config-path pgN-host-key-file pgN-host-port pgN-host-type
    pgN-host-user pgN-local pgN-path pgN-port pgN-socket-path pgN-user`,
  write: `annotation archive-check archive-copy archive-header-check archive-mode-check archive-push-batch-size
    archive-push-queue-max archive-timeout backup-standby checksum-page compress compress-level compress-type db-timeout
    exclude expire-auto manifest-save-threshold page-header-check resume start-fast stop-auto
    repoN-block repoN-block-age-map repoN-block-checksum-size-map repoN-block-size-map repoN-block-size-super
    repoN-block-size-super-full repoN-bundle repoN-bundle-limit repoN-bundle-size repoN-hardlink
    repoN-retention-archive repoN-retention-archive-type repoN-retention-diff repoN-retention-full
    repoN-retention-full-type repoN-retention-history repoN-symlink tls-server-address tls-server-auth
    tls-server-ca-file tls-server-cert-file tls-server-key-file tls-server-port`,
  own: `allow-root cmd lock-path log-level-console log-level-file log-level-stderr log-path log-subprocess log-timestamp
    neutral-umask priority process-max spool-path`,
  'command-line': `archive-expire-before cipher-pass config config-include-path config-path detail-level dry-run exec-id
    filter force help ignore-missing lock oldest online output pg process raw recurse reference remote-type repo report
    set sort stanza target target-action target-exclusive target-timeline type verbose version`,
};

export const KNOWN_OPTIONS: ReadonlyMap<string, OptionUse> = new Map(
  Object.entries(NAMES).flatMap(([use, names]) => names.split(/\s+/).map((name) => [name, use as OptionUse] as const)),
);

/**
 * Old names that pgBackRest 2.45 to 2.60 still takes (key `deprecate` of config.yaml), and what they are called now. One
 * without an index stands for the first repository or cluster.
 */
const RENAMED: Readonly<Record<string, string>> = {
  'archive-queue-max': 'archive-push-queue-max',
  'backup-cmd': 'repoN-host-cmd',
  'backup-config': 'repoN-host-config',
  'backup-host': 'repoN-host',
  'backup-ssh-port': 'repoN-host-port',
  'backup-user': 'repoN-host-user',
  hardlink: 'repoN-hardlink',
  'repoN-azure-ca-file': 'repoN-storage-ca-file',
  'repoN-azure-ca-path': 'repoN-storage-ca-path',
  'repoN-azure-host': 'repoN-storage-host',
  'repoN-azure-port': 'repoN-storage-port',
  'repoN-azure-verify-tls': 'repoN-storage-verify-tls',
  'repoN-s3-ca-file': 'repoN-storage-ca-file',
  'repoN-s3-ca-path': 'repoN-storage-ca-path',
  'repoN-s3-host': 'repoN-storage-host',
  'repoN-s3-port': 'repoN-storage-port',
  'repoN-s3-verify-ssl': 'repoN-storage-verify-tls',
  'repoN-s3-verify-tls': 'repoN-storage-verify-tls',
};

/** Old names with and without an index alike: `db-path` and `db2-path`. */
const OF_CLUSTER: Readonly<Record<string, string>> = {
  cmd: 'host-cmd',
  config: 'host-config',
  host: 'host',
  path: 'path',
  port: 'port',
  'socket-path': 'socket-path',
  'ssh-port': 'host-port',
  user: 'host-user',
};

/** Names that had no index once, and have one now. */
const WITHOUT_INDEX = `cipher-pass cipher-type path s3-bucket s3-endpoint s3-key s3-key-secret s3-region type`;

export const OLD_NAMES: ReadonlyMap<string, string> = new Map([
  ...Object.entries(RENAMED),
  ...['retention-archive', 'retention-archive-type', 'retention-diff', 'retention-full'].map(
    (name) => [name, `repoN-${name}`] as const,
  ),
  ...Object.entries(OF_CLUSTER).flatMap(([old, now]) => [
    [`db-${old}`, `pgN-${now}`] as const,
    [`dbN-${old}`, `pgN-${now}`] as const,
  ]),
  ...WITHOUT_INDEX.split(' ').map((name) => [`repo-${name}`, `repoN-${name}`] as const),
  ...['ca-file', 'ca-path', 'host'].map((name) => [`repo-s3-${name}`, `repoN-storage-${name}`] as const),
  ['repo-s3-verify-ssl', 'repoN-storage-verify-tls'],
]);

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** Options of restore and archive-get whose value is `y` or `n`. */
export const SWITCHES = words(
  `archive-async archive-missing-retry beta delta link-all log-subprocess log-timestamp neutral-umask sck-block sck-keep-alive repoN-local repoN-s3-requester-pays
  repoN-storage-verify-tls`,
);

/** Options of restore and archive-get whose value is an absolute path. */
export const PATHS = words(
  'lock-path log-path pgN-path repoN-path repoN-host-config-include-path repoN-host-config-path repoN-storage-ca-path spool-path tablespace-map-all',
);

const LOG_LEVEL = /^(off|error|warn|info|detail|debug|trace)$/;

/**
 * Options of restore and archive-get that a drill does not hand on, so that pgBackRest does not say when it would refuse
 * their values, which it would do of every command that is given by hand; and what it takes.
 */
export const OWN_VALUES: Readonly<Record<string, readonly [valid: RegExp, what: string]>> = {
  'process-max': [/^\+?0*[1-9]\d{0,2}$/, 'a number from 1 to 999'],
  'log-level-console': [LOG_LEVEL, 'a log level'],
  'log-level-file': [LOG_LEVEL, 'a log level'],
  'log-level-stderr': [LOG_LEVEL, 'a log level'],
};

/** Options that may stand more than once; in the environment their values stand between colons. */
export const REPEATABLE = words(
  `annotation db-exclude db-include exclude link-map recovery-option repoN-block-age-map
  repoN-block-checksum-size-map repoN-block-size-map repoN-s3-process-cmd repoN-sftp-known-host repoN-storage-tag
  tablespace-map tls-server-auth`,
);

/** pgBackRest's commands, which sections such as `[global:backup]` are for (2.45 to 2.60). */
export const COMMANDS = words(
  `annotate archive-get archive-push backup check expire help info manifest repo-create repo-get repo-ls repo-put repo-rm
  restore server server-ping stanza-create stanza-delete stanza-upgrade start stop verify
  version`,
);
