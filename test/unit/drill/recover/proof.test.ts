import { describe, expect, test } from 'vitest';
import { formatInstant } from '../../../../src/core/instant.ts';
import { proveTarget, type Recovered } from '../../../../src/drill/recover/proof.ts';
import type { RecoveryTarget } from '../../../../src/targets/index.ts';
import { parseStop, type RecoveryFacts } from '../../../../src/postgres/recovery-log.ts';
import { drillErrorOf } from '../../../fixtures/errors.ts';
import { instant, journalOf, lsn, recoveryFacts, segment } from '../../../fixtures/facts.ts';
import { factsOf } from '../../../fixtures/recovery-logs.ts';

/** Evidence of a recovery through segments 2 to 4, the whole archive; PostgreSQL then asked for segment 5 in vain. */
function evidence(target: RecoveryTarget, differences: Partial<Recovered> = {}): Recovered {
  return {
    target,
    targetLsn: null,
    backupStop: lsn('0/2000100'),
    facts: recoveryFacts(),
    journal: journalOf([segment(2), segment(3), segment(4)], [segment(5)]),
    replayedTo: lsn('0/5000000'),
    lastExpected: segment(4),
    segmentBytes: 16 * 1024 * 1024,
    spans: [{ timeline: 1, begin: 0n }],
    ...differences,
  };
}

/** Where the last record was read in most of these recoveries, and where it ends. */
const STOP = lsn('0/4000100');
const END = lsn('0/4000138');

/** A recovery that stopped, by default at the record at STOP. */
function stopped(rest: string, differences: Partial<RecoveryFacts> = {}): RecoveryFacts {
  return recoveryFacts({ stop: parseStop(`recovery stopping ${rest}`), redoDoneLsn: STOP, ...differences });
}

const code = (item: Recovered): string => drillErrorOf(() => proveTarget(item)).code;

const AT = instant('2026-11-21 02:00:00+00');
const TIME: RecoveryTarget = { type: 'time', instant: AT, asTyped: '2026-11-21 02:00:00+00' };
const BEFORE_LATER = 'before commit of transaction 728, time 2026-11-21 02:00:00.000001+00';

const stoppedBefore = (facts: RecoveryFacts, differences: Partial<Recovered> = {}): Recovered =>
  evidence(TIME, { facts, replayedTo: STOP, ...differences });

describe('a time', () => {
  test.each([
    ['a later commit was not replayed', stopped(BEFORE_LATER, { lastCommitAt: AT - 1n })],
    ['the last commit is of that very microsecond', stopped(BEFORE_LATER, { lastCommitAt: AT })],
    ['nothing was committed before', stopped(BEFORE_LATER)],
    ['a later abort was not replayed', stopped('before abort of transaction 7, time 2026-11-21 03:00:00+00')],
  ])('is proven when %s', (_, facts) => {
    const last =
      facts.lastCommitAt === null ? 'no transaction before it was replayed' : 'the last replayed one is of 2026';
    expect(proveTarget(stoppedBefore(facts))).toContain(last);
    expect(proveTarget(stoppedBefore(facts))).toContain(` of ${formatInstant(facts.stop?.at ?? 0n)}, at LSN`);
    expect(proveTarget(stoppedBefore(facts))).toMatch(
      /^PostgreSQL stopped before the (commit|abort) of transaction .* at LSN 0\/4000100/,
    );
  });

  test.each([
    ['PostgreSQL named no stop, as 12 does at the end of the archive', factsOf('pg12-time-beyond-end')],
    ['no log was read', recoveryFacts()],
    ['the stop came after a transaction', stopped('after commit of transaction 728, time 2026-11-21 02:00:01+00')],
    [
      'the transaction that it stopped before is not later',
      stopped('before commit of transaction 728, time 2026-11-21 02:00:00+00'),
    ],
    ['a later commit was replayed', stopped(BEFORE_LATER, { lastCommitAt: AT + 1n })],
    ['the time of the stop cannot be read', stopped('before commit of transaction 728, time soon')],
    ['it stopped at consistency', stopped('after reaching consistency')],
    ['it stopped at an LSN', stopped('after WAL location (LSN) "0/4000000"')],
    ['it stopped at a restore point', stopped('at restore point "x", time 2026-11-21 03:00:00+00')],
    ['where it stopped is not known', stopped(BEFORE_LATER, { redoDoneLsn: null })],
  ])('is not proven when %s', (_, facts) => {
    expect(code(stoppedBefore(facts))).toBe('target-unproven');
  });

  test.each<[string, Partial<Recovered>]>([
    ['the record that it stopped before was replayed', { replayedTo: END }],
    ['the segment of that record did not come from the archive', { journal: journalOf([segment(2), segment(3)]) }],
    ['that segment is of a timeline that is not on the way', { journal: journalOf([segment(2), segment(4, 7)]) }],
  ])('is not proven by times alone: %s', (_, differences) => {
    expect(code(stoppedBefore(stopped(BEFORE_LATER), differences))).toBe('target-unproven');
  });

  test('is proven by the log of a real recovery to it, and not by one to another', () => {
    const facts = factsOf('pg17-time');
    const to = (text: string): Recovered =>
      evidence(
        { type: 'time', instant: instant(text), asTyped: text },
        { facts, journal: journalOf([segment(12)]), replayedTo: facts.redoDoneLsn ?? 0n },
      );
    expect(proveTarget(to('2026-11-21 02:52:55.066994+00'))).toContain('4756');
    expect(code(to('2026-11-21 02:52:55.067097+00'))).toBe('target-unproven');
    expect(code(to('2026-11-21 02:52:55+00'))).toBe('target-unproven');
  });
});

describe('several targets', () => {
  const target: RecoveryTarget = {
    type: 'ladder',
    rungs: [
      { type: 'lsn', lsn: STOP },
      { type: 'lsn', lsn: END },
    ],
  };
  const at = (rungs: Recovered['rungs'], replayedTo = END): Recovered => evidence(target, { rungs, replayedTo });

  test('are proven where replay stood at each, and the copy was promoted at the last', () => {
    expect(proveTarget(at([STOP, END]))).toContain('at each of 2 targets, and the copy was promoted at the last');
  });

  test.each<[string, Recovered]>([
    ['nothing tells where replay stood', at(undefined)],
    ['it stood at none', at([])],
    ['it was not shown to stand at one', at([null, END])],
    ['it was not shown to stand at the last', at([STOP, null])],
    ['it went further when the copy was promoted', at([STOP, END], END + 8n)],
    ['it ended before the last', at([STOP, END], STOP)],
  ])('are not when %s', (_, item) => {
    expect(code(item)).toBe('target-unproven');
  });
});

describe('an xid', () => {
  const target: RecoveryTarget = { type: 'xid', xid: '4757' };
  const facts = stopped('after commit of transaction 4757, time 2026-11-21 02:00:00+00');
  const found = { targetLsn: STOP, replayedTo: END };

  test.each(['4757', '04757', '4294972053'])('asked for as %s is proven by the stop right after it', (xid) => {
    expect(proveTarget(evidence({ type: 'xid', xid }, { ...found, facts }))).toContain('transaction 4757');
  });

  test.each([
    ['another transaction', stopped('after commit of transaction 4758, time 2026-11-21 02:00:00+00')],
    ['the moment before it', stopped('before commit of transaction 4757, time 2026-11-21 02:00:00+00')],
    ['its rollback', stopped('after abort of transaction 4757, time 2026-11-21 02:00:00+00')],
    ['nothing', recoveryFacts()],
    ['consistency', stopped('after reaching consistency')],
  ])('is not proven by a stop at %s', (_, other) => {
    expect(code(evidence(target, { ...found, facts: other }))).toBe('target-unproven');
  });

  test.each<[string, Partial<Recovered>]>([
    ['it stopped at the same number elsewhere', { facts: { ...facts, redoDoneLsn: lsn('0/3000100') } }],
    ['it was never found', { targetLsn: null }],
    ['neither it nor the stop has a place', { targetLsn: null, facts: { ...facts, redoDoneLsn: null } }],
    ['nothing stopped at its record', { facts: { ...facts, stop: null } }],
    ['replay ended before its record', { replayedTo: STOP }],
    ['its segment did not come from the archive', { journal: journalOf([segment(2), segment(3)]) }],
    ['its segment is of a timeline that is not on the way', { journal: journalOf([segment(4, 2)]) }],
  ])('is not proven by its number alone: %s', (_, differences) => {
    expect(code(evidence(target, { ...found, facts, ...differences }))).toBe('target-unproven');
  });
});

describe('a restore point', () => {
  const target: RecoveryTarget = { type: 'name', name: 'rp1' };
  const real = factsOf('pg15-name');
  const at = (facts: RecoveryFacts, differences: Partial<Recovered> = {}): Recovered =>
    evidence(target, { facts, targetLsn: lsn('0/3002440'), replayedTo: lsn('0/30024A8'), ...differences });

  test('is proven by the stop at it, at the position where it was found', () => {
    expect(proveTarget(at(real))).toContain('"rp1", whose record begins at LSN 0/3002440');
  });

  test('of the same name at another position is another one', () => {
    const error = drillErrorOf(() => proveTarget(at(real, { targetLsn: lsn('0/4002440') })));
    expect(error.code).toBe('target-unproven');
    expect(error.message).toContain('0/4002440');
    expect(error.message).toContain('begins at LSN 0/3002440');
  });

  test.each([
    ['another one', stopped('at restore point "rp10", time 2026-11-21 02:00:00+00')],
    ['one of another case', stopped('at restore point "RP1", time 2026-11-21 02:00:00+00')],
    ['one with a space behind it', stopped('at restore point "rp1 ", time 2026-11-21 02:00:00+00')],
    ['nothing', factsOf('pg12-time-beyond-end')],
    ['consistency', stopped('after reaching consistency')],
  ])('is not proven by a stop at %s', (_, facts) => {
    expect(code(at(facts, { targetLsn: STOP, replayedTo: END }))).toBe('target-unproven');
  });
});

describe('an LSN', () => {
  const target: RecoveryTarget = { type: 'lsn', lsn: STOP };
  const next = lsn('0/4000138');
  test.each([
    ['after the record at it', stopped('after WAL location (LSN) "0/4000100"'), END],
    ['after the next record', stopped('after WAL location (LSN) "0/4000138"', { redoDoneLsn: next }), lsn('0/4000170')],
  ])('is proven by a stop %s', (_, facts, replayedTo) => {
    expect(proveTarget(evidence(target, { facts, replayedTo }))).toMatch(/LSN 0\/4000/);
  });

  test.each([
    ['before it', stopped('after WAL location (LSN) "0/40000F8"', { redoDoneLsn: lsn('0/40000F8') })],
    ['nowhere', recoveryFacts()],
    ['at consistency', stopped('after reaching consistency')],
    ['at a transaction', stopped('after commit of transaction 1, time 2026-11-21 02:00:00+00')],
    ['at an LSN that cannot be read', stopped('after WAL location (LSN) "?"')],
    ['that is not where the last record was read', stopped('after WAL location (LSN) "0/4000138"')],
    ['before its record, which PostgreSQL was not asked for', stopped('before WAL location (LSN) "0/4000100"')],
  ])('is not proven by a stop %s', (_, facts) => {
    expect(code(evidence(target, { facts, replayedTo: END }))).toBe('target-unproven');
  });
});

test('an error says what PostgreSQL said of its stop, or that it named none, and what to do', () => {
  const error = drillErrorOf(() => proveTarget(stoppedBefore(stopped('after reaching consistency'))));
  expect(error.message).toContain(
    'recovery stopping after reaching consistency; the last record that was read begins at',
  );
  expect(error.hint).not.toBeNull();
  const none = drillErrorOf(() => proveTarget(stoppedBefore(recoveryFacts())));
  expect(none.message).toContain('PostgreSQL named no stop, and replay went up to');
});

describe('consistency', () => {
  const target: RecoveryTarget = { type: 'immediate' };
  test('is proven by the stop at the very end of the backup, and where that is not known', () => {
    const facts = factsOf('pg15-immediate');
    for (const backupStop of [lsn('0/20000F8'), null])
      expect(proveTarget(evidence(target, { facts, replayedTo: lsn('0/20000F8'), backupStop }))).toContain(
        'consistency',
      );
  });

  test('is proven by the stop at it', () => {
    expect(proveTarget(evidence(target, { facts: factsOf('pg15-immediate') }))).toMatch(/consistency, at LSN/);
  });

  test('is not proven by a stop before the end of the backup', () => {
    const facts = factsOf('pg15-immediate');
    expect(code(evidence(target, { facts, replayedTo: lsn('0/20000F8') }))).toBe('target-unproven');
  });

  test.each([
    ['it was never reached', stopped('after reaching consistency')],
    ['recovery went on to the end of the archive', factsOf('pg15-latest')],
    ['nothing is known', recoveryFacts()],
  ])('is not proven when %s', (_, facts) => {
    expect(code(evidence(target, { facts }))).toBe('target-unproven');
  });
});

describe.each(['latest', 'standby'] as const)('the end of the archive (%s)', (type) => {
  const target: RecoveryTarget = { type };

  test('is proven when all was replayed and more was asked for', () => {
    expect(proveTarget(evidence(target))).toMatch(/through 000000010000000000000004, the last segment/);
  });

  test('is proven when the last record goes over the end of the last segment', () => {
    expect(proveTarget(evidence(target, { replayedTo: lsn('0/4FFFFE0') }))).toContain('0/4FFFFE0');
  });

  test.each(['0/4000000', '0/3F00000', '0/2000100'])(
    'is proven when the archive ends within a record that begins at %s and goes over segments',
    (replayedTo) => {
      expect(proveTarget(evidence(target, { replayedTo: lsn(replayedTo) }))).toContain(
        'which holds only a part of a record',
      );
    },
  );

  test('is not reached when a record is rejected before the last segment', () => {
    const facts = recoveryFacts({ invalidRecord: 'invalid contrecord length 1 (expected 2) at 0/3FFFFF0' });
    const error = drillErrorOf(() => proveTarget(evidence(target, { facts, replayedTo: lsn('0/3FFFFE0') })));
    expect(error.code).toBe('wal-invalid');
    expect(error.message).toContain(segment(3));
  });

  test('is proven when WAL that came meanwhile was replayed as well', () => {
    const journal = journalOf(
      [2, 3, 4, 5].map((number) => segment(number)),
      [segment(6)],
    );
    expect(proveTarget(evidence(target, { journal, replayedTo: lsn('0/6000000') }))).toContain('0/6000000');
  });

  test('is proven when PostgreSQL found the file after the end to be old', () => {
    const facts = recoveryFacts({
      invalidRecord: 'unexpected pageaddr 0/1000000 in log segment 000000010000000000000005, offset 0',
    });
    expect(proveTarget(evidence(target, { facts, replayedTo: lsn('0/4FFFFE0') }))).toContain('0/4FFFFE0');
  });

  test('is not proven when a record behind the last segment was rejected, and the last one was not read to its end', () => {
    const facts = recoveryFacts({
      invalidRecord: 'unexpected pageaddr 0/1000000 in log segment 000000010000000000000005, offset 0',
    });
    const error = drillErrorOf(() => proveTarget(evidence(target, { facts, replayedTo: lsn('0/3FFFFE0') })));
    expect([error.code, error.hint]).toEqual(['target-unproven', 'read the server log in the report folder']);
    expect(code(evidence(target, { facts, replayedTo: lsn('0/4000000') }))).toBe('target-unproven');
    expect(proveTarget(evidence(target, { facts, replayedTo: lsn('0/4000001') }))).toContain('the last segment');
  });

  test('is proven when a record behind it was rejected that names no segment', () => {
    const facts = recoveryFacts({ invalidRecord: 'invalid record length at 0/5000000: wanted 24, got 0' });
    expect(proveTarget(evidence(target, { facts, replayedTo: lsn('0/5000000') }))).toContain('0/5000000');
  });

  test('says where a record goes on behind the end only where it does', () => {
    expect(proveTarget(evidence(target))).not.toContain('only a part of a record');
    expect(proveTarget(evidence(target, { replayedTo: lsn('0/4000001') }))).not.toContain('only a part of a record');
  });

  test('names the segment of a bad record, or else that where replay ended, on the timeline that was read last', () => {
    const facts = recoveryFacts({ invalidRecord: 'there is no contrecord flag', lastRestored: segment(3, 2) });
    const error = drillErrorOf(() => proveTarget(evidence(target, { facts, replayedTo: lsn('0/3FFFFE0') })));
    expect(error.message).toContain(`rejects a record of WAL segment ${segment(3, 2)}: there is no contrecord flag`);
    const before = drillErrorOf(() =>
      proveTarget(evidence(target, { facts: { ...facts, lastRestored: null }, replayedTo: lsn('0/3FFFFE0') })),
    );
    expect(before.message).toContain(segment(3));
    expect(before.hint).not.toBeNull();
    const named = { ...facts, invalidRecord: `invalid magic number 0000 in WAL segment ${segment(3, 7)}, offset 0` };
    const item = evidence(target, { facts: named, replayedTo: lsn('0/3FFFFE0') });
    expect(drillErrorOf(() => proveTarget(item)).message).toContain(`of WAL segment ${segment(3, 7)}: `);
  });

  test.each<[string, Partial<Recovered>]>([
    [
      'a segment before the last was missing',
      { journal: journalOf([segment(2)], [segment(3)]), replayedTo: lsn('0/3000000') },
    ],
    ['the last segment was never delivered', { journal: journalOf([segment(2), segment(3)], [segment(5)]) }],
    [
      'somebody ended the recovery: WAL that was read ahead may not be replayed',
      { facts: recoveryFacts({ promoteRequested: true }), replayedTo: lsn('0/4000000') },
    ],
    [
      'the archive ends within a record that begins in a segment that did not come from it',
      { journal: journalOf([segment(2), segment(4)], [segment(5)]), replayedTo: lsn('0/3F00000') },
    ],
    [
      'replay ended in the last segment, and nothing after it was asked for',
      {
        journal: journalOf([segment(2), segment(3), segment(4)]),
        replayedTo: lsn('0/4500000'),
      },
    ],
    [
      'only a history file was asked for at the end',
      {
        journal: journalOf([segment(2), segment(3), segment(4)], ['00000002.history']),
        replayedTo: lsn('0/4500000'),
      },
    ],
    [
      'an earlier segment was asked for in vain',
      {
        journal: journalOf([segment(2), segment(3), segment(4)], [segment(3, 2)]),
        replayedTo: lsn('0/4500000'),
      },
    ],
    ['nothing was delivered', { journal: journalOf([]), replayedTo: 0n }],
    ['nothing was expected', { lastExpected: '', journal: journalOf([], [segment(1)]) }],
  ])('is not proven when %s', (_, differences) => {
    expect(code(evidence(target, differences))).toBe('target-unproven');
  });

  test.each([
    'incorrect resource manager data checksum in record at 0/4500000',
    'unexpected pageaddr 0/141A000 in WAL segment 000000010000000000000004, LSN 0/441A000, offset 4300800',
    'invalid record length at 0/4500000: wanted 24, got 0',
  ])('is not reached when the archive itself holds a bad record: %s', (invalidRecord) => {
    const item = evidence(target, { facts: recoveryFacts({ invalidRecord }), replayedTo: lsn('0/4500000') });
    expect(code(item)).toBe('wal-invalid');
  });

  test('is not reached when a segment was altered so that nobody but the replay noticed', () => {
    const facts = factsOf('pg18-latest-silent-corruption');
    const [last, ...earlier] = [13, 12, 11, 10].map((number) => segment(number));
    const item = evidence(target, {
      facts,
      journal: journalOf([...earlier, last ?? '']),
      lastExpected: segment(13),
      replayedTo: lsn('0/D6BC908'),
    });
    expect(code(item)).toBe('wal-invalid');
    expect(code({ ...item, lastExpected: segment(14) })).toBe('wal-invalid');
    expect(code({ ...item, facts: recoveryFacts() })).toBe('target-unproven');
  });
});

describe('past a fork in segment 4', () => {
  const spans = [
    { timeline: 1, begin: 0n },
    { timeline: 2, begin: lsn('0/4000100') },
    { timeline: 3, begin: lsn('0/4000200') },
  ];
  const along = (...delivered: string[]): Partial<Recovered> => ({
    spans,
    journal: journalOf([segment(2), segment(3), ...delivered], [segment(6, 3), segment(5, 3)]),
    lastExpected: delivered.at(-1) ?? segment(3),
  });

  test('the end is proven along the new timeline', () => {
    expect(proveTarget(evidence({ type: 'latest' }, along(segment(4, 3))))).toContain(segment(4, 3));
  });

  test('the end is proven where replay came no farther than the fork', () => {
    const item = evidence({ type: 'latest' }, { ...along(segment(4)), replayedTo: lsn('0/4000100') });
    expect(proveTarget(item)).toContain('0/4000100');
  });

  test('an LSN is proven where its segment came from one of the timelines', () => {
    const target: RecoveryTarget = { type: 'lsn', lsn: lsn('0/4000300') };
    const facts = stopped('after WAL location (LSN) "0/4000300"', { redoDoneLsn: lsn('0/4000300') });
    const item = evidence(target, { ...along(segment(4, 3)), facts, replayedTo: lsn('0/4000338') });
    expect(proveTarget(item)).toContain('0/4000300');
  });

  test('what was not delivered is named, and what to do; files that are no segments are none', () => {
    const item = evidence({ type: 'latest' }, along(segment(4), '00000003.history'));
    const error = drillErrorOf(() => proveTarget({ ...item, lastExpected: segment(4) }));
    expect(error.message).toContain(`WAL segment ${segment(4, 2)} was not delivered`);
    expect(error.hint).not.toBeNull();
  });

  test.each<[string, RecoveryTarget, Partial<Recovered>]>([
    ['the end', { type: 'latest' }, along(segment(4))],
    ['the end, with more of the dead branch', { type: 'latest' }, along(segment(4), segment(5))],
    ['the end, along the timeline between', { type: 'latest' }, along(segment(4, 2))],
    // The next segment of the new timeline says nothing of the one that holds the fork.
    ['the end, with a later segment of the new one', { type: 'latest' }, along(segment(4), segment(5, 3))],
    ['a time', TIME, { ...along(segment(4)), facts: stopped(BEFORE_LATER) }],
    [
      'an LSN',
      { type: 'lsn', lsn: lsn('0/4000300') },
      { ...along(segment(4)), facts: stopped('after WAL location (LSN) "0/4000300"') },
    ],
  ])('%s is not reached along a timeline that was left there', (_, target, differences) => {
    expect(code(evidence(target, differences))).toBe('wal-missing');
  });
});
