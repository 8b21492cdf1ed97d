import { DrillError } from '../core/errors.ts';
import type { ReasonCode } from '../core/reason-codes.ts';
import type { RunResult } from '../host/host.ts';
import { wasKilled } from '../host/was-killed.ts';
import { shortened } from '../core/shortened.ts';

interface Pattern {
  readonly text: RegExp;
  readonly code: ReasonCode;
  readonly says: string;
  readonly hint: string;
}

/** What S3, Azure, GCS, SFTP and repository hosts say of credentials that they do not take (pgBackRest 2.45 to 2.60). */
export const REFUSED =
  /\b40[13] \(|InvalidAccessKeyId|SignatureDoesNotMatch|AuthenticationFailed|authentication failed|\[AccessError\]|access denied|invalid key\/value '.*' in query/;

const UNREADABLE = {
  code: 'repo-unreadable',
  says: 'the repository cannot be read',
  hint: 'try pgbackrest info with the same configuration on this machine',
} as const;

/**
 * What pgBackRest prints, and what it stands for; the first that fits. The text comes before the exit status, since a
 * wrong passphrase, a missing stanza and an unreachable repository all end as `[075]: no backup set found to restore`
 * with the cause in a WARN before it (2.45 to 2.60).
 */
const PATTERNS: readonly Pattern[] = [
  {
    // The options of the command line are those that pgdrill gives.
    text: /invalid option '--/,
    code: 'sandbox-failed',
    says: 'this pgBackRest does not know an option that the drill needs',
    hint: 'install the version of pgBackRest that production has',
  },
  {
    text: /unable to get [0-9A-F]{24}:/,
    code: 'wal-unreadable',
    says: 'a WAL file cannot be read',
    hint: 'look for an unharmed copy of the segment; until it is back only earlier points can be recovered',
  },
  {
    // The loader of the system (glibc, exit status 127): pgBackRest itself was never run.
    text: /error while loading shared libraries/,
    code: 'sandbox-failed',
    says: 'pgBackRest cannot be loaded on this machine',
    hint: 'install the library that the message names; if it is there, look at the limits on memory and open files (ulimit, cgroup)',
  },
  {
    text: /No space left on device|\[28\]/,
    code: 'disk-full',
    says: 'the scratch file system is full',
    hint: 'free room on it, or name another one with --scratch',
  },
  {
    text: /\[30\] Read-only file system|unable to create path/,
    code: 'scratch-not-writable',
    says: 'pgBackRest cannot write to the scratch directory',
    hint: 'name another one with --scratch',
  },
  {
    text: /for greeting key 'version'/,
    code: 'version-unsupported',
    says: 'the repository host has another version of pgBackRest',
    hint: 'install the version of the repository host on this machine',
  },
  {
    // The passphrase opened backup.info, or no file would be restored.
    text: /raised from local-\d+ .*(cipher header|unable to flush|CryptoError)/,
    code: 'checksum-mismatch',
    says: 'a file of the backup is damaged in the repository',
    hint: 'run pgbackrest verify, take a new full backup, and drill that',
  },
  {
    // Its key is in backup.info, which has been opened. The label: it is the manifest of another set.
    text: /unable to load backup manifest file .*(CryptoError|FormatError|ChecksumError|JsonFormatError|cipher|Salted)|manifest label '.*' do not match/s,
    code: 'checksum-mismatch',
    says: 'the manifest of the backup is damaged in the repository',
    hint: 'run pgbackrest verify, take a new full backup, and drill that',
  },
  {
    text: /cipher header (invalid|missing)|unable to flush|key\/value found outside of section|unable to decrypt|JSON is invalid.*Salted/i,
    code: 'cipher-passphrase-wrong',
    says: 'the repository does not open with this passphrase',
    hint: 'compare repoN-cipher-type and repoN-cipher-pass with those of the production server',
  },
  {
    text: REFUSED,
    code: 'repo-permission-denied',
    says: 'the repository refuses the credentials of the drill',
    hint: 'compare them with those of the production server; a drill needs to list and to read, and nothing more',
  },
  {
    text: /\[13\] Permission denied|: sftp error \[3\]/,
    code: 'repo-permission-denied',
    says: 'the user of the drill may not read the repository',
    hint: 'run the drill as the owner of the repository, or let its group read it',
  },
  {
    text: /unable to acquire lock/,
    code: 'restore-locked',
    says: 'another pgBackRest process holds the lock',
    hint: 'wait until it has ended',
  },
  {
    text: /invalid page checksum\(s\) found/,
    code: 'backup-page-errors',
    says: 'the backup holds pages that were damaged when it was taken',
    hint: 'look at the backup log of production; drill an older backup, then repair production',
  },
  {
    text: /target timeline .* forked from backup timeline|unable to open missing file '\S*\/[0-9A-F]{8}\.history'/,
    code: 'timeline-mismatch',
    says: 'the newest timeline does not lead through this backup',
    hint: 'a copy may have archived its own timeline; try --target-timeline current, and look for stray .history files',
  },
  {
    text: /does not match expected checksum|Data corruption detected|contentChecksum_invalid|ChecksumError|unable to uncompress|unexpected eof in compressed data|lz4 error|zst error|gz error|inflate|bz2 error/i,
    code: 'checksum-mismatch',
    says: 'a file of the backup is damaged in the repository',
    hint: 'run pgbackrest verify, take a new full backup, and drill that',
  },
  {
    // Followed by "backup set … is not valid" where the set was named: nobody could read whether it is (2.55).
    text: /unable to load info file/,
    ...UNREADABLE,
  },
  {
    text: /backup set .* is not valid|unable to find backup set/,
    code: 'backup-set-not-found',
    says: 'no backup set fits',
    hint: 'pgbackrest info lists the backup sets',
  },
  {
    text: /raised from local-\d+ .*unable to open missing file|error restoring .*missing/,
    code: 'backup-file-missing',
    says: 'a file of the backup is not in the repository',
    hint: 'run pgbackrest verify, take a new full backup, and drill that',
  },
  {
    text: /HostConnectError|unable to connect|unable to get address|ServiceError|HTTP request failed|terminated unexpectedly|unable to find a valid repository|ProtocolError|TLS error|known hosts failure|client state is '[^']*' but expected|certificate|unable to list file|unable to open missing file/,
    ...UNREADABLE,
  },
  {
    // A file on this machine would come with the number of an error: "for read: [5] Input/output error".
    text: /libssh2|timeout (while )?(opening|reading|closing) |unable to open file '[^']*' for read(?!: \[)/,
    ...UNREADABLE,
  },
];

/** Exit statuses (pgBackRest build/error.yaml) that say more than their text. 31, 32 and 37 are of options alone. */
const BY_EXIT_STATUS: Readonly<Record<number, ReasonCode>> = {
  26: 'checksum-mismatch',
  31: 'config-invalid',
  32: 'config-invalid',
  37: 'config-invalid',
  38: 'sandbox-failed',
  40: 'sandbox-failed',
  42: 'repo-unreadable',
  47: 'scratch-not-writable',
  49: 'repo-unreadable',
  50: 'restore-locked',
  53: 'sandbox-failed',
  58: 'timeline-mismatch',
  63: 'process-killed',
  64: 'scratch-not-writable',
  75: 'backup-set-not-found',
  // 2.45: `unable to set ownership for`, of a file in kept data that is somebody else's.
  88: 'scratch-not-writable',
  94: 'out-of-memory',
  95: 'cipher-passphrase-wrong',
  101: 'repo-unreadable',
  103: 'repo-unreadable',
};

/** A fault of its own, by what it read as far as anybody can tell. SIGILL is none: the processor is not the one it was built for. */
const CRASH = /^SIG(SEGV|ABRT|BUS|FPE)$/;

/** The error that a pgBackRest command ended with, told from its lines and its exit status. */
export function pgBackRestFailure(command: string, result: RunResult, lines: readonly string[]): DrillError {
  const said = errorText(lines);
  if (result.cancelled || result.timedOut) return new DrillError('cancelled', `pgbackrest ${command} was ended`);
  if ((result.signal !== null && !CRASH.test(result.signal)) || wasKilled(result)) {
    return new DrillError(
      'process-killed',
      `pgbackrest ${command} was killed (${result.signal ?? (result.exitCode === 143 ? 'SIGTERM' : 'SIGKILL')})`,
      {
        hint: 'look in the system log for the killer; too little memory is the usual one',
      },
    );
  }
  const pattern = PATTERNS.find(({ text }) => text.test(said));
  const end = `pgbackrest ${command} ended with ${result.signal ?? `exit status ${result.exitCode ?? '?'}`}`;
  if (pattern) return new DrillError(pattern.code, `${pattern.says}: ${said} (${end})`, { hint: pattern.hint });
  const code = BY_EXIT_STATUS[result.exitCode ?? 0] ?? (command === 'restore' ? 'restore-failed' : 'repo-unreadable');
  const hint =
    code === 'config-invalid' ? 'correct the option in the configuration' : 'the whole log is with the report';
  return new DrillError(code, `${said || 'no reason was given'} (${end})`, { hint });
}

/**
 * The warnings and errors among the lines, with their continuation lines, cut to what a person can read. A wrong
 * passphrase makes pgBackRest quote decrypted binary: control and replacement characters are taken out.
 */
export function errorText(lines: readonly string[]): string {
  const kept: string[] = [];
  let inMessage = false;
  for (const line of lines) {
    const start = /(?:^|P\d\d\s+)(WARN|ERROR|ASSERT): (.*)$/.exec(line);
    const continued = /^\s{5,}\S/.test(line);
    const said = (start?.[2] ?? '').replace(/^\[\d+\]: /, '');
    // Warnings about options of other versions say nothing of why a command failed.
    const idle = start?.[1] === 'WARN' && /(contains|has) invalid option|option '.*' (is not set|not valid)/.test(said);
    if (start && !idle) kept.push(said);
    else if (inMessage && continued) kept.push(line.trim());
    inMessage = !idle && (start !== null || (inMessage && continued));
  }
  const text = kept.length > 0 ? kept : lines.slice(-5);
  // oxlint-disable-next-line no-control-regex -- they are what is taken out
  const plain = [...new Set(text)].join('; ').replace(/[\u0000-\u001f\u007f-\u009f\ufffd]+/g, '?');
  return shortened(plain, 700);
}
