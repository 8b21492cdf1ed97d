import { describe, expect, test } from 'vitest';
import { outcomeOf } from '../../../../src/core/reason-codes.ts';
import { recoveryFailure } from '../../../../src/drill/recover/recovery-failure.ts';
import { parseJournal } from '../../../../src/pgbackrest/wal-feed.ts';
import type { RecoveryTarget } from '../../../../src/targets/index.ts';
import { listingOf } from '../../../fixtures/archive-listing.ts';
import { archiveState } from '../../../fixtures/preflight.ts';
import { instant, journalOf, lsn, recoveryFacts, segment } from '../../../fixtures/facts.ts';
import { factsOf } from '../../../fixtures/recovery-logs.ts';

type Failed = Parameters<typeof recoveryFailure>[0];

const TIME: RecoveryTarget = { type: 'time', instant: instant('2026-11-21 12:00:00+00'), asTyped: '' };

function failed(differences: Partial<Failed> = {}): Failed {
  return {
    target: { type: 'latest' },
    facts: recoveryFacts(),
    journal: journalOf([]),
    exit: { exitCode: 1, signal: null },
    missing: null,
    archive: archiveState(listingOf([{ name: segment(2) }])),
    ...differences,
  };
}

const saying = (...fatal: string[]): Failed => failed({ facts: recoveryFacts({ fatal }) });

test.each([
  ['could not write to file "pg_wal/xlogtemp.1": No space left on device', 'disk-full'],
  [
    'directory "/prod/ts1" does not exist (hint: Create this directory for the tablespace before restarting the server.)',
    'tablespace-outside',
  ],
  ['could not create directory "/prod/ts1/PG_15_202209061": Read-only file system', 'tablespace-outside'],
  ['could not set permissions on directory "/prod/ts1": Permission denied', 'tablespace-outside'],
  ['could not map anonymous shared memory: Cannot allocate memory', 'out-of-memory'],
  ['could not resize shared memory segment "/PostgreSQL.1" to 1048576 bytes: No space left on device', 'disk-full'],
  ['out of memory', 'out-of-memory'],
  [
    'recovery aborted because of insufficient parameter settings (max_connections = 1 is a lower setting than on the primary server, where its value was 2.)',
    'standby-paused',
  ],
  [
    'hot standby is not possible because max_connections = 20 is a lower setting than on the master server (its value was 150)',
    'standby-paused',
  ],
  [
    "requested timeline 2 is not a child of this server's history (Latest checkpoint is at 0/F000060 on timeline 1)",
    'timeline-mismatch',
  ],
  ['recovery target timeline 7 does not exist', 'timeline-mismatch'],
  ['WAL ends before end of online backup', 'wal-missing'],
  ['WAL ends before consistent recovery point', 'wal-missing'],
  ['could not locate required checkpoint record at 0/A000080', 'recovery-failed'],
  ['requested recovery stop point is before consistent recovery point', 'recovery-failed'],
  ['database files are incompatible with server', 'recovery-failed'],
])('%s: %s', (text, code) => {
  const error = recoveryFailure(saying(text));
  expect(error.code).toBe(code);
  expect(error.message).toContain(text);
});

describe('a refusal of the feed is told in its own words, since PostgreSQL only saw a command fail', () => {
  test.each([
    ['wal-missing', 'it was in the archive when the run began, and is gone'],
    ['wal-unreadable', 'the command that fetches it ended with exit status 42'],
    ['repo-unreadable', 'the repository cannot be read any more (exit status 103)'],
    ['wal-checksum-mismatch', 'its content has the SHA-1 00'],
    ['wal-unverified', 'its SHA-1 could not be computed'],
  ])('%s', (code, text) => {
    const journal = parseJournal(`get ${segment(13)} 0\nrefused ${segment(13)} ${code} ${text}\n`);
    const error = recoveryFailure(failed({ facts: factsOf('pg16-refused-segment'), journal }));
    expect(error.code).toBe(code);
    expect(error.message).toContain(`${segment(13)}: ${text}`);
  });

  test('an unknown code counts as unreadable', () => {
    expect(recoveryFailure(failed({ journal: parseJournal(`refused ${segment(1)} toString x\n`) })).code).toBe(
      'wal-unreadable',
    );
  });
});

describe('an archive that ends before the target', () => {
  test('is told with what was reached instead', () => {
    const error = recoveryFailure(failed({ target: TIME, facts: factsOf('pg13-target-unreachable') }));
    expect(error.code).toBe('target-unreachable');
    expect(error.message).toContain('2026-11-21T12:00:00.000Z');
    expect(error.message).toContain('the last commit in the archive is of 2026-11-21T02:52:55.059278Z');
  });

  test('because of a gap is told as missing WAL', () => {
    const error = recoveryFailure(
      failed({ target: TIME, facts: factsOf('pg13-target-unreachable'), missing: segment(3) }),
    );
    expect(error.code).toBe('wal-missing');
    expect(error.message).toContain(segment(3));
  });
});

test.each<[string, Partial<Failed>]>([
  ['the server was killed by a signal', { exit: { exitCode: null, signal: 'SIGKILL' } }],
  ['its container was', { exit: { exitCode: 137, signal: null } }],
  ['a child of it was', { facts: recoveryFacts({ killedBySignal: 9 }) }],
])('when %s, the backup is not to blame', (_, differences) => {
  const error = recoveryFailure(failed(differences));
  expect(error.code).toBe('process-killed');
  expect(outcomeOf(error.code)).toBe('inconclusive');
});

test('a standby that paused did so for a setting', () => {
  expect(
    recoveryFailure(failed({ target: { type: 'standby' }, facts: recoveryFacts({ paused: true }), exit: null })).code,
  ).toBe('standby-paused');
});

test('a server that ended without a word is a failure all the same', () => {
  const error = recoveryFailure(failed({ exit: { exitCode: 2, signal: null } }));
  expect(error.code).toBe('recovery-failed');
  expect(error.message).toContain('exit status 2');
  expect(outcomeOf(error.code)).toBe('failed');
});

test.each([
  [
    recoveryFacts({ lastCommitAt: instant('2026-11-21 02:00:00+00') }),
    'the last commit in the archive is of 2026-11-21T02:00:00.000Z',
  ],
  [recoveryFacts({ redoDoneLsn: lsn('0/3000098') }), 'replay ended at LSN 0/3000098, with no commit on the way'],
  [recoveryFacts({ lastRestored: segment(3) }), `the last WAL file that was read is ${segment(3)}`],
  [recoveryFacts(), 'no WAL was replayed'],
])('says what was reached: %#', (facts, text) => {
  expect(recoveryFailure(failed({ facts })).message).toContain(text);
});

describe('a replay that ended before the target', () => {
  test('in an idle production is told with what to do instead, when WAL from after the target is there', () => {
    const archive = archiveState(listingOf([{ name: segment(2), archivedAt: new Date('2026-11-21T12:00:01Z') }]));
    const error = recoveryFailure(failed({ target: TIME, facts: factsOf('pg13-target-unreachable'), archive }));
    expect(error.code).toBe('target-unreachable');
    expect(error.message).toContain(
      'production committed nothing between 2026-11-21T02:52:55.059278Z and 2026-11-21T12:00:00.000Z',
    );
    expect(error.hint).toMatch(/--latest, or .* --target-lsn [0-9A-F]+\/[0-9A-F]+: the same data/);
  });

  test('because a record on the way is rejected is told as damaged WAL, with the segment', () => {
    const invalidRecord = 'incorrect resource manager data checksum in record at 0/2016310';
    const rejected = { ...factsOf('pg13-target-unreachable'), invalidRecord };
    const error = recoveryFailure(failed({ target: TIME, facts: rejected }));
    expect(error.code).toBe('wal-invalid');
    expect(error.message).toContain(segment(2));
  });

  test('is no damage when only an old file behind its end is rejected', () => {
    const invalidRecord = `unexpected pageaddr 0/1000000 in log segment ${segment(3)}, offset 0`;
    const rejected = { ...factsOf('pg13-target-unreachable'), invalidRecord };
    expect(recoveryFailure(failed({ target: TIME, facts: rejected })).code).toBe('target-unreachable');
  });
});
