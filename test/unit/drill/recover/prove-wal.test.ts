import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { asDrillError } from '../../../../src/core/errors.ts';
import { isBehind, neededUntil, proveWal } from '../../../../src/drill/recover/prove-wal.ts';
import { WalFeed } from '../../../../src/pgbackrest/wal-feed.ts';
import { parseStop, type RecoveryLog } from '../../../../src/postgres/recovery-log.ts';
import { listingOf } from '../../../fixtures/archive-listing.ts';
import { lsn, recoveryFacts, segment } from '../../../fixtures/facts.ts';
import { pgbackrestPrinting } from '../../../fixtures/pgbackrest-program.ts';
import { temporaryDirectory } from '../../../fixtures/plans.ts';
import { archiveState, preflightOf } from '../../../fixtures/preflight.ts';

const BEFORE = 'recovery stopping before commit of transaction 7, time 2026-11-21 02:00:00+00';
const AFTER = 'recovery stopping after commit of transaction 7, time 2026-11-21 02:00:00+00';
const SEGMENT_BYTES = 16 * 1024 * 1024;

test.each([
  ['after a record: to its end', AFTER, '0/3FFFFE0', '0/4000010', '0/4000010'],
  ['before a record: that record bears on it too', BEFORE, '0/4000028', '0/4000000', '0/4000029'],
  ['before a record right behind the last one', BEFORE, '0/3000100', '0/3000100', '0/3000101'],
])('the WAL that a stop rests on goes %s', (_, stop, redoDone, replayedTo, expected) => {
  const facts = recoveryFacts({ stop: parseStop(stop), redoDoneLsn: lsn(redoDone) });
  expect(neededUntil(facts, lsn(replayedTo))).toBe(lsn(expected));
});

test('without a stop it is all that was delivered', () => {
  expect(neededUntil(recoveryFacts({ redoDoneLsn: lsn('0/4000028') }), lsn('0/4000060'))).toBeNull();
  expect(neededUntil(recoveryFacts({ stop: parseStop(AFTER) }), lsn('0/4000060'))).toBeNull();
});

test.each([
  [segment(4), '0/4000000', true],
  [segment(4), '0/4000001', false],
  [segment(3), '0/4000000', false],
  [segment(5, 2), '0/4000001', true],
  ['00000002.history', '0/4000000', false],
  [segment(9), null, false],
])('%s lies behind %s: %s', (name, until, expected) => {
  expect(isBehind(name, until === null ? null : lsn(until), SEGMENT_BYTES)).toBe(expected);
});

const inArchive = (number: number, sha1: string): object => ({
  [`0000000100000000/${segment(number)}-${sha1}.gz`]: { type: 'file', size: 1, time: 1_795_000_000 },
});

describe('WAL that was delivered', () => {
  const [GOOD, BAD] = ['a'.repeat(40), 'b'.repeat(40)];
  const stop = recoveryFacts({ stop: parseStop(AFTER), redoDoneLsn: lsn('0/3000100') });

  /** What is said of it after a recovery that stopped in segment 3; `now`: what the archive holds by then. */
  async function proven(journal: string, listed: readonly (readonly [string, string])[], now: object = {}) {
    const { program } = pgbackrestPrinting({ stdout: JSON.stringify({ '.': { type: 'path' }, ...now }) });
    const directory = temporaryDirectory();
    mkdirSync(join(directory, 'wal'));
    writeFileSync(join(directory, 'wal', 'journal'), journal);
    const feed = new WalFeed(program.host, { feed: directory, secrets: directory, spool: directory });
    const archive = archiveState(listingOf(listed.map(([name, sha1]) => ({ name, sha1 }))));
    const ready = preflightOf({ archive, pgbackrest: program });
    const recovered = { log: { facts: stop } as RecoveryLog, replayedTo: lsn('0/3000138') };
    return proveWal({ feed, ready, recovered, signal: new AbortController().signal });
  }

  const delivered = (number: number, sha1 = GOOD): string =>
    `get ${segment(number)} 0\nsha1 ${segment(number)} ${sha1}\n`;
  const listed = (...numbers: number[]) => numbers.map((number) => [segment(number), GOOD] as const);
  test('as the archive holds it is proven without a word', async () => {
    expect(await proven(delivered(2) + delivered(3), listed(2, 3))).toEqual([]);
  });

  test('and archived since the run began is proven by what the archive holds now', async () => {
    expect(
      await proven(delivered(2) + delivered(3), listed(2), { ...inArchive(2, GOOD), ...inArchive(3, GOOD) }),
    ).toEqual([]);
  });

  test.each([
    ['was altered', delivered(2, BAD) + delivered(3), inArchive(2, GOOD), 'wal-checksum-mismatch'],
    ['is not in the archive', delivered(2) + delivered(3), {}, 'wal-unverified'],
    [
      'was refused',
      `${delivered(2)}refused ${segment(3)} wal-missing gone for good\n`,
      inArchive(2, GOOD),
      'wal-missing',
    ],
    [
      'was refused of an unknown code',
      `${delivered(2)}refused ${segment(3)} what gone\n`,
      inArchive(2, GOOD),
      'wal-unreadable',
    ],
  ])('that %s is no proof up to the stop', async (_, journal, now, code) => {
    const error = await proven(journal, [], now).then(
      () => null,
      (thrown: unknown) => asDrillError(thrown),
    );
    expect(error?.code).toBe(code);
    expect(error?.hint).not.toBeNull();
  });

  test('behind the stop is a warning each: what was refused, what was altered, what is not known', async () => {
    const journal = `${delivered(2)}${delivered(3)}${delivered(5, BAD)}${delivered(6)}${delivered(4)}refused ${segment(4)} wal-missing gone for good\n`;
    const now = { ...inArchive(2, GOOD), ...inArchive(3, GOOD), ...inArchive(5, GOOD) };
    const warnings = await proven(journal, listed(2, 3), now);
    expect(warnings.map(({ code, phase, message }) => `${code} ${phase} ${message}`)).toEqual([
      `wal-behind-target recover WAL segment ${segment(4)}, behind the target, was refused: gone for good`,
      `wal-behind-target recover WAL segment ${segment(5)}, behind the target, is not what its name in the archive says`,
      `wal-behind-target recover WAL segment ${segment(6)}, behind the target, was delivered, but its checksum is not known`,
    ]);
    expect(warnings.map(({ hint }) => hint)).not.toContain(null);
  });

  test('behind the stop is a warning where nothing was refused, too', async () => {
    const now = { ...inArchive(2, GOOD), ...inArchive(3, GOOD) };
    const warnings = await proven(delivered(2) + delivered(3) + delivered(6), listed(2, 3), now);
    expect(warnings.map(({ message }) => message)).toEqual([
      `WAL segment ${segment(6)}, behind the target, was delivered, but its checksum is not known`,
    ]);
  });
});
