import { describe, expect, test } from 'vitest';
import { outcomeOf } from '../../../src/core/reason-codes.ts';
import type { RunResult } from '../../../src/host/host.ts';
import { errorText, pgBackRestFailure } from '../../../src/pgbackrest/failure.ts';

function result(differences: Partial<RunResult> = {}): RunResult {
  return {
    exitCode: 75,
    signal: null,
    stdout: '',
    stderr: '',
    timedOut: false,
    cancelled: false,
    durationMs: 1,
    ...differences,
  };
}

const failure = (exitCode: number, lines: string[], command = 'restore'): ReturnType<typeof pgBackRestFailure> =>
  pgBackRestFailure(command, result({ exitCode }), lines);

const STAMP = '2026-11-21 02:00:00.000 P00';
const NO_SET = `${STAMP}  ERROR: [075]: no backup set found to restore`;
const HINT = '                                    HINT: is or was the repo encrypted?';
const INFO =
  "repo1: [%] unable to load info file '/repo/backup/main/backup.info' or '/repo/backup/main/backup.info.copy':";

/** A WARN about the repository before the same last line, as pgBackRest tells almost all causes. */
function warned(kind: string, ...more: string[]): string[] {
  return [
    `${STAMP}   WARN: ${INFO.replace('%', kind)}`,
    ...more.map((text) => `${' '.repeat(36)}${text}`),
    HINT,
    NO_SET,
  ];
}

const error = (code: number, text: string): string => `${STAMP}  ERROR: [${String(code).padStart(3, '0')}]: ${text}`;

describe('what pgBackRest says stands for one code, whatever its exit status', () => {
  test.each<[string, number, string[], string]>([
    [
      'a wrong passphrase',
      75,
      warned('FormatError', 'FormatError: key/value found outside of section at line 1: Salted__'),
      'cipher-passphrase-wrong',
    ],
    [
      'a wrong passphrase, by chance',
      75,
      warned('CryptoError', 'CryptoError: cipher header invalid'),
      'cipher-passphrase-wrong',
    ],
    [
      'an unreachable host',
      75,
      warned('HostConnectError', "HostConnectError: unable to connect to '127.0.0.1:21999': [111] Connection refused"),
      'repo-unreadable',
    ],
    [
      'a host without a name',
      75,
      warned('HostConnectError', "unable to get address for 'no.such.host.invalid': [-2] Name or service not known"),
      'repo-unreadable',
    ],
    [
      'a missing bucket',
      75,
      warned(
        'FileMissingError',
        "FileMissingError: unable to open missing file '/v17/backup/demo/backup.info' for read",
      ),
      'repo-unreadable',
    ],
    [
      'an unknown access key',
      75,
      warned('ProtocolError', 'ProtocolError: HTTP request failed with 403 (Forbidden):', '*** Path/Query ***:'),
      'repo-permission-denied',
    ],
    [
      'a certificate of nobody',
      75,
      warned(
        'CryptoError',
        "CryptoError: unable to verify certificate presented by '127.0.0.1:21443': [20] unable to get local issuer certificate",
      ),
      'repo-unreadable',
    ],
    [
      'a certificate file that is not there',
      95,
      [error(95, 'unable to set user-defined CA certificate location: [2147483650] no details available')],
      'repo-unreadable',
    ],
    [
      'a repository that others own',
      75,
      warned(
        'FileOpenError',
        "FileOpenError: unable to open file '/repo/backup/main/backup.info' for read: [13] Permission denied",
      ),
      'repo-permission-denied',
    ],
    [
      'no backup before the time',
      75,
      [error(75, "unable to find backup set with stop time less than '2020-01-01 00:00:00+00'")],
      'backup-set-not-found',
    ],
    [
      'no backup before the LSN',
      75,
      [error(75, "unable to find backup set with lsn less than or equal to '0/1'")],
      'backup-set-not-found',
    ],
    [
      'a line to an SFTP server that is cut before the named set can be looked up (2.55)',
      75,
      [
        `${STAMP}   WARN: ${INFO.replace('%', 'FileReadError')}`,
        `${' '.repeat(36)}FileReadError: unable to read '/repo/backup/main/backup.info': libssh2 error [-43]`,
        error(75, 'backup set 20261121-134844F is not valid'),
      ],
      'repo-unreadable',
    ],
    [
      'a line to an SFTP server that is cut while a file is opened',
      41,
      [
        error(
          41,
          "raised from local-1 protocol: unable to open file '/repo/backup/main/x/pg_data/base/5/1.zst' for read",
        ),
      ],
      'repo-unreadable',
    ],
    [
      'a line to an SFTP server that is cut while a file is read (2.55)',
      42,
      [error(42, "raised from local-1 protocol: unable to read '/repo/x/pg_data/base/5/1.zst': libssh2 error [-43]")],
      'repo-unreadable',
    ],
    [
      'a file that the user of an SFTP server may not read',
      41,
      [error(41, "unable to open file '/repo/x' for read: libssh2 error [-31]: sftp error [3]")],
      'repo-permission-denied',
    ],
    ['no such set', 75, [error(75, 'backup set 20200101-000000F is not valid')], 'backup-set-not-found'],
    ['no set, and no reason', 75, [NO_SET], 'backup-set-not-found'],
    [
      'a changed file (2.60)',
      26,
      [
        error(
          26,
          "raised from local-2 protocol: error restoring '/scratch/data/base/5/2691': actual checksum '82b4' does not match expected checksum '9c6a'",
        ),
      ],
      'checksum-mismatch',
    ],
    [
      'a changed file (2.55)',
      29,
      [error(29, 'raised from local-2 protocol: zst error: [-20] Data corruption detected')],
      'checksum-mismatch',
    ],
    ['a changed file (2.45)', 29, [error(29, 'lz4 error: [-18] ERROR_contentChecksum_invalid')], 'checksum-mismatch'],
    [
      'a cut file of an encrypted backup',
      95,
      [error(95, 'raised from local-1 protocol: unable to flush')],
      'checksum-mismatch',
    ],
    [
      'a missing bundle',
      55,
      [
        error(
          55,
          "raised from local-2 protocol: unable to open missing file '/repo/backup/demo/20261121-025241F/bundle/1' for read",
        ),
      ],
      'backup-file-missing',
    ],
    [
      'pages that were bad when backed up',
      26,
      [error(26, 'invalid page checksum(s) found in file /scratch/data/base/5/16424')],
      'backup-page-errors',
    ],
    [
      'a full disk (2.60)',
      64,
      [
        error(
          64,
          "raised from local-1 protocol: unable to write '/scratch/data/base/5/16399': [28] No space left on device",
        ),
      ],
      'disk-full',
    ],
    [
      'a full disk (2.55, with a wrong errno)',
      64,
      [
        error(64, "raised from local-1 protocol: unable to write '/scratch/data/base/5/16396'"),
        `${' '.repeat(36)}[FileWriteError] on 2 retries from 241-15353ms: unable to write '/x': [2] No such file or directory`,
      ],
      'scratch-not-writable',
    ],
    [
      'a lock path that cannot be made',
      47,
      [error(47, "unable to create path '/tmp/pgbackrest': [30] Read-only file system")],
      'scratch-not-writable',
    ],
    [
      'a lock',
      50,
      [error(50, "unable to acquire lock on file '/run/lock/demo-restore-1.lock': Resource temporarily unavailable")],
      'restore-locked',
    ],
    [
      'a timeline that does not lead through the backup',
      58,
      [
        error(
          58,
          'target timeline 2 forked from backup timeline 1 at 0/6000120 which is before backup lsn of 0/a000028',
        ),
      ],
      'timeline-mismatch',
    ],
    [
      'a timeline without a history',
      55,
      [error(55, "unable to open missing file '/repo/archive/demo/18-1/00000007.history' for read")],
      'timeline-mismatch',
    ],
    [
      'a repository lost on the way (TLS)',
      101,
      [error(101, 'raised from local-1 protocol: TLS error [1:167772454] unexpected eof while reading')],
      'repo-unreadable',
    ],
    [
      'a repository lost on the way (503)',
      101,
      [error(101, 'raised from local-1 protocol: [503] Service Unavailable')],
      'repo-unreadable',
    ],
    [
      'a repository host lost on the way',
      39,
      [error(39, "client state is 'data-get' but expected 'idle'")],
      'repo-unreadable',
    ],
    [
      'a token that was not percent-encoded',
      29,
      [error(29, "invalid key/value 'sig=x==' in query 'sv=2020-08-04&sig=x=='")],
      'repo-permission-denied',
    ],
    [
      'an ssh host that is down',
      125,
      [
        error(
          125,
          "remote-0 process on '127.0.0.1' terminated unexpectedly [255]: ssh: connect to host 127.0.0.1 port 21998: Connection refused",
        ),
      ],
      'repo-unreadable',
    ],
    [
      'an sftp host with another key',
      101,
      [error(101, "known hosts failure: '127.0.0.1' mismatch in known hosts files")],
      'repo-unreadable',
    ],
    [
      'another version on the repository host',
      39,
      [error(39, "expected value '2.55.1' for greeting key 'version' but got '2.60.0'")],
      'version-unsupported',
    ],
    ['no valid repository', 103, [error(103, 'unable to find a valid repository')], 'repo-unreadable'],
    [
      'a directory that is not empty',
      40,
      [error(40, "unable to restore to path '/scratch/data' because it contains files")],
      'sandbox-failed',
    ],
    [
      'a server that runs in the directory',
      38,
      [error(38, 'unable to restore while PostgreSQL is running')],
      'sandbox-failed',
    ],
    ['an option that this version has not', 31, ["ERROR: [031]: invalid option '--nosuch'"], 'sandbox-failed'],
    [
      'an option of the configuration that is given twice',
      31,
      ["ERROR: [031]: option 'repo1-path' cannot be set multiple times"],
      'config-invalid',
    ],
    [
      'a value that is not allowed',
      32,
      ["ERROR: [032]: 'aes-256' is not allowed for 'repo1-cipher-type' option"],
      'config-invalid',
    ],
    [
      'an option that others need',
      37,
      ['ERROR: [037]: info command requires option: repo1-cipher-pass'],
      'config-invalid',
    ],
    [
      'somebody ended it (2.55)',
      63,
      ['2026-11-21 02:00:00.000 P00   INFO: restore command end: terminated on signal [SIGTERM]'],
      'process-killed',
    ],
    ['somebody ended it (2.60)', 63, ['terminated on signal SIGTERM'], 'process-killed'],
    ['something unheard of', 122, [error(122, 'what is this')], 'restore-failed'],
  ])('%s', (_, exitCode, lines, code) => {
    expect(failure(exitCode, lines).code).toBe(code);
  });

  test.each([
    [42, 'unable to get 00000001000000000000000D:', 'repo1: 18-1/x-1.zst [CryptoError] unable to flush'],
    [
      42,
      'unable to get 00000001000000000000000D:',
      'repo1: 18-1/x-1.zst [FormatError] zst error: [-20] Data corruption detected',
    ],
    [42, 'unable to get 00000001000000000000000D:', 'repo1: 18-1/x-1.zst [CryptoError] cipher header missing'],
  ])('a damaged WAL file is no wrong passphrase: %i %s %s', (exitCode, text, more) => {
    expect(failure(exitCode, [error(exitCode, text), `${' '.repeat(36)}${more}`], 'archive-get').code).toBe(
      'wal-unreadable',
    );
  });
});

describe('how it ended', () => {
  test.each([
    ['a signal', { exitCode: null, signal: 'SIGKILL' }, 'process-killed'],
    ['a crash', { exitCode: null, signal: 'SIGSEGV' }, 'restore-failed'],
    ['a processor that it was not built for', { exitCode: null, signal: 'SIGILL' }, 'process-killed'],
    ['a crash, behind a shell', { exitCode: 139 }, 'restore-failed'],
    ['SIGTERM, behind a shell', { exitCode: 143 }, 'process-killed'],
    ['the kernel, short of memory', { exitCode: 137 }, 'process-killed'],
    ['the user', { exitCode: null, signal: 'SIGTERM', cancelled: true }, 'cancelled'],
    ['its deadline', { exitCode: null, signal: 'SIGTERM', timedOut: true }, 'cancelled'],
  ])('by %s', (_, how, code) => {
    expect(pgBackRestFailure('restore', result(how), []).code).toBe(code);
  });

  test('a command that only reads and fails for no known reason could not read the repository', () => {
    expect(failure(122, [], 'info').code).toBe('repo-unreadable');
  });

  test.each([40, 47, 50, 63, 64])('exit status %i is of this machine, and says nothing of the backup', (exitCode) => {
    expect(outcomeOf(failure(exitCode, []).code)).toBe('inconclusive');
  });

  test.each([26, 42, 49, 58, 75, 95, 101, 103, 122])('exit status %i counts against the backup', (exitCode) => {
    expect(outcomeOf(failure(exitCode, []).code)).toBe('failed');
  });
});

describe('errorText', () => {
  test('has warnings and errors with their continuations, each once, and nothing else', () => {
    expect(
      errorText([
        `${STAMP}   INFO: restore command begin 2.45`,
        '                                    continued info',
        `${STAMP}   WARN: something`,
        '                                    HINT: do this',
        `${STAMP} DETAIL: restore file /x`,
        `${STAMP}   WARN: something`,
        error(75, 'no backup set found to restore'),
      ]),
    ).toBe('something; HINT: do this; no backup set found to restore');
  });

  test('leaves out warnings about options of other versions, but no error about an option', () => {
    const warning = "P00   WARN: configuration file contains invalid option 'no-such-option'";
    expect(errorText([warning, error(75, 'no backup set found')])).toBe('no backup set found');
    expect(errorText([warning, "ERROR: [031]: invalid option '--nosuch'"])).toBe("invalid option '--nosuch'");
  });

  test('takes out the binary that a wrong passphrase brings forth', () => {
    const text = errorText([`${STAMP}   WARN: FormatError: at line 1: \u0000\u0007\ufffd\u009b[31mred\u001b]0;title`]);
    expect(text).toBe('FormatError: at line 1: ?[31mred?]0;title');
  });

  test('is cut to what a person can read', () => {
    expect(errorText([error(29, 'x'.repeat(5000))])).toHaveLength(700);
  });

  test('has the last lines where nothing is marked as an error', () => {
    expect(errorText(['1', '2', '3', '4', '5', '6'])).toBe('2; 3; 4; 5; 6');
    expect(errorText([])).toBe('');
  });
});

test('the message has the words of pgBackRest and how it ended, and every code but a cancelled one comes with a hint', () => {
  const told = failure(58, [error(58, 'target timeline 2 forked from backup timeline 1 at 0/1')]);
  expect(told.message).toContain('target timeline 2 forked');
  expect(told.message).toContain('pgbackrest restore ended with exit status 58');
  expect(told.hint).not.toBeNull();
});
