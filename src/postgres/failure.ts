import type { ReasonCode } from '../core/reason-codes.ts';
import { parseLsn, type Lsn } from './lsn.ts';

interface Meaning {
  readonly code: ReasonCode;
  /** What to do next. */
  readonly hint: string;
}

/** What PostgreSQL (12 to 18) says when it stops for good, and what that stands for. */
const FATAL_PATTERNS: readonly (Meaning & { readonly text: RegExp })[] = [
  {
    text: /No space left on device/,
    code: 'disk-full',
    hint: 'free room on the scratch file system, or name another one with --scratch',
  },
  {
    // The feed says what it refuses; it could not even do that.
    text: /could not restore file .* from archive: child process (exited with exit code (254|12[67])|was terminated by signal 9\b)/,
    code: 'sandbox-failed',
    hint: 'look at the limits of this machine on open files, processes and memory (ulimit, cgroup)',
  },
  {
    text: /could not fork|Resource temporarily unavailable|Too many open files|out of file descriptors/,
    code: 'sandbox-failed',
    hint: 'look at the limits of this machine on open files, processes and memory (ulimit, cgroup)',
  },
  {
    text: /Read-only file system|directory ".*" does not exist.*tablespace|could not set permissions on directory|could not create directory ".*(pg_tblspc|PG_\d+_)/,
    code: 'tablespace-outside',
    hint: 'WAL after the backup creates a tablespace, which pgBackRest cannot map; take a new backup, after which it is mapped',
  },
  {
    // A limit that production raised after the backup, whose pg_control has the old one.
    text: /maximum number of prepared transactions reached|out of shared memory|configuration file ".*" contains errors|invalid value for parameter|unrecognized configuration parameter/,
    code: 'environment-lacks',
    hint: 'give the setting that the message names, as production has it, with sandbox.settings in the plan',
  },
  {
    text: /Cannot allocate memory|could not map anonymous shared memory|could not resize shared memory|out of memory/,
    code: 'out-of-memory',
    hint: 'free memory, or give smaller settings with sandbox.settings in the plan',
  },
  {
    text: /could not (open|create|access) (shared memory|semaphore)|could not create lock file|could not create any Unix-domain sockets/,
    code: 'sandbox-failed',
    hint: 'the message names what this machine did not allow',
  },
  {
    text: /insufficient parameter settings|is a lower setting than on the (primary|master)/,
    code: 'standby-paused',
    hint: 'raise the setting with sandbox.settings in the plan',
  },
  {
    // A segment is whole when it is archived, so its content was another one then.
    text: /archive file ".*" has wrong size/,
    code: 'wal-checksum-mismatch',
    hint: 'look for an unharmed copy of the segment; until it is back only earlier points can be recovered',
  },
  {
    text: /is not a child of this server's history|recovery target timeline \d+ does not exist/,
    code: 'timeline-mismatch',
    hint: 'try --target-timeline current, and look for stray .history files in the archive',
  },
  {
    text: /WAL ends before (end of online backup|consistent recovery point)/,
    code: 'wal-missing',
    hint: 'the WAL of the backup itself is not complete in the archive',
  },
];

/** What the FATAL messages of a server stand for; null: nothing that is known here. */
export function fatalMeaning(fatal: string): Meaning | null {
  return FATAL_PATTERNS.find(({ text }) => text.test(fatal)) ?? null;
}

/** Whether PostgreSQL (13 and newer) ended since the archive ends before its target. */
export function endedShortOfTarget(fatal: string): boolean {
  return /recovery ended before configured recovery target was reached/.test(fatal);
}

/** The segment that the message about a rejected record names; null: it names none, as most do not. */
export function segmentIn(rejected: string): string | null {
  return /segment ([0-9A-F]{24})/.exec(rejected)?.[1] ?? null;
}

/** The position in the message about a rejected record (`in record at 0/3016310`); null: there is none. */
export function positionIn(rejected: string): Lsn | null {
  return parseLsn(/ at ([0-9A-F]+\/[0-9A-F]+)/.exec(rejected)?.[1] ?? '');
}

/** Whether pg_stat_file was refused since the kernel does not let the server pass, or since there is no such directory. */
export function isOutOfSight(refusal: string): boolean {
  return /^could not stat file .*: (Permission denied|Not a directory)$/.test(refusal);
}

/** Whether COPY TO was refused since its file could not be opened. */
export function couldNotOpen(refusal: string): boolean {
  return refusal.startsWith('could not open file');
}

/** How the program of a COPY TO PROGRAM ended, from the error's detail: `child process exited with exit code 1`. */
export function statusOfProgram(detail: string): number | null {
  const status = /exit code (\d+)/.exec(detail)?.[1];
  return status === undefined ? null : Number(status);
}
