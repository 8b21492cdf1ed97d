import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { DrillError } from '../../src/core/errors.ts';
import { proveTarget, type Recovered } from '../../src/drill/recover/proof.ts';
import { parseStop, type RecoveryFacts } from '../../src/postgres/recovery-log.ts';
import { segmentNumberAt } from '../../src/postgres/wal-segment.ts';
import type { RecoveryTarget } from '../../src/targets/index.ts';
import { journalOf, recoveryFacts, segment } from '../fixtures/facts.ts';
import { formatInstant } from '../../src/core/instant.ts';
import { expectHolds } from '../fixtures/properties.ts';
import { formatLsn } from '../../src/postgres/lsn.ts';

/**
 * A slow and obvious model of a recovery: records one after the other, an archive with holes, and a PostgreSQL 12, which
 * promotes without a word where WAL ends before the target. It knows whether the target was reached; the proof has to find out.
 */
const SEGMENT_BYTES = 16 * 1024 * 1024;
const FIRST = 2;
const LAST = 6;

interface WalRecord {
  readonly lsn: bigint;
  readonly end: bigint;
  readonly kind: 'commit' | 'abort' | 'point' | 'other';
  readonly xid: number;
  readonly name: string;
  readonly at: bigint;
}

interface World {
  readonly records: readonly WalRecord[];
  readonly target: RecoveryTarget;
  /** Where the record of the target was found before the restore. */
  readonly targetLsn: bigint | null;
  /** A segment that is gone when it is asked for, though it was listed; null: none. */
  readonly lost: number | null;
  /** Before how many records somebody ends the recovery; null: nobody does. */
  readonly promotedAfter: number | null;
  /** A record that PostgreSQL rejects; null: none. */
  readonly rejected: number | null;
}

const EPOCH = BigInt(Date.UTC(2026, 10, 21)) * 1000n;

const records = fc
  .array(
    fc.record({
      place: fc.integer({ min: FIRST * 1000 + 1, max: LAST * 1000 + 999 }),
      kind: fc.constantFrom('commit', 'commit', 'abort', 'point', 'other'),
      xid: fc.integer({ min: 3, max: 6 }),
      name: fc.constantFrom('a', 'b'),
      later: fc.nat(3),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((given): WalRecord[] => {
    let at = EPOCH;
    const places = [...new Map(given.map((one) => [one.place, one])).values()].toSorted((a, b) => a.place - b.place);
    return places.map(({ place, kind, xid, name, later }) => {
      at += BigInt(later);
      const lsn = BigInt(Math.floor(place / 1000)) * BigInt(SEGMENT_BYTES) + BigInt(place % 1000) * 1000n;
      return { lsn, end: lsn + 56n, kind, xid, name, at } as const;
    });
  });

function targetsOf(all: readonly WalRecord[]): fc.Arbitrary<{ target: RecoveryTarget; targetLsn: bigint | null }> {
  const one = fc.constantFrom(...all);
  const named = (kind: WalRecord['kind']) => fc.constantFrom(...all.filter((record) => record.kind === kind));
  const kinds: fc.Arbitrary<{ target: RecoveryTarget; targetLsn: bigint | null }>[] = [
    fc.constantFrom('latest' as const, 'standby' as const).map((type) => ({ target: { type }, targetLsn: null })),
    one.chain(({ at }) =>
      fc
        .constantFrom(-1n, 0n, 1n)
        .map((by) => ({ target: { type: 'time' as const, instant: at + by, asTyped: '' }, targetLsn: null })),
    ),
    one.map(({ lsn }) => ({ target: { type: 'lsn' as const, lsn }, targetLsn: null })),
  ];
  if (all.some(({ kind }) => kind === 'commit'))
    kinds.push(named('commit').map(({ xid, lsn }) => ({ target: { type: 'xid', xid: String(xid) }, targetLsn: lsn })));
  if (all.some(({ kind }) => kind === 'point'))
    kinds.push(named('point').map(({ name, lsn }) => ({ target: { type: 'name', name }, targetLsn: lsn })));
  return fc.oneof(...kinds);
}

const maybe = (most: number) => fc.option(fc.nat(most), { freq: 2, nil: null });

const worlds: fc.Arbitrary<World> = records.chain((all) =>
  fc
    .tuple(targetsOf(all), maybe(LAST - FIRST), maybe(all.length), maybe(all.length - 1))
    .map(([aim, lost, promotedAfter, rejected]) => ({
      records: all,
      ...aim,
      lost: lost === null ? null : FIRST + lost,
      promotedAfter,
      rejected,
    })),
);

interface Stop {
  readonly text: string;
  readonly side: 'before' | 'after';
}

const stamp = (at: bigint): string => formatInstant(at).replace('T', ' ').replace('Z', '+00');

/** Where PostgreSQL stops for a target (recoveryStopsBefore and recoveryStopsAfter). */
function stopAt(target: RecoveryTarget, { kind, xid, name, at, lsn }: WalRecord): Stop | null {
  const ends = kind === 'commit' || kind === 'abort';
  if (target.type === 'time' && ends && at > target.instant)
    return { side: 'before', text: `before ${kind} of transaction ${xid}, time ${stamp(at)}` };
  if (target.type === 'xid' && ends && String(xid) === target.xid)
    return { side: 'after', text: `after ${kind} of transaction ${xid}, time ${stamp(at)}` };
  if (target.type === 'name' && kind === 'point' && name === target.name)
    return { side: 'after', text: `at restore point "${name}", time ${stamp(at)}` };
  if (target.type === 'lsn' && lsn >= target.lsn)
    return { side: 'after', text: `after WAL location (LSN) "${formatLsn(lsn)}"` };
  return null;
}

/** What a recovery in this world leaves behind, and whether its target was reached. */
function recover(world: World): { evidence: Recovered; reached: boolean } {
  const delivered: number[] = [];
  const notFound: number[] = [];
  const start = BigInt(FIRST) * BigInt(SEGMENT_BYTES);
  let replayedTo = start;
  let facts: Partial<RecoveryFacts> = {};
  let reached = false;
  let isOver = false;
  const fetch = (number: number): boolean => {
    const there = number <= LAST && number !== world.lost;
    (there ? delivered : notFound).push(number);
    return there;
  };
  let [segmentRead, index] = [FIRST - 1, 0];
  while (!isOver) {
    const record = world.records[index];
    const next = record === undefined ? LAST + 1 : Number(segmentNumberAt(record.lsn, SEGMENT_BYTES));
    while (segmentRead < next && !isOver) {
      if (fetch(segmentRead + 1)) segmentRead += 1;
      else isOver = true;
    }
    if (isOver) {
      // All filler up to the end of the last segment that was read is replayed.
      replayedTo = BigInt(segmentRead + 1) * BigInt(SEGMENT_BYTES);
      if (delivered.length === 0) replayedTo = start;
      reached =
        (world.target.type === 'latest' || world.target.type === 'standby') &&
        segmentRead === LAST &&
        world.lost === null;
      break;
    }
    if (record === undefined) break;
    if (world.promotedAfter === index) {
      facts = { ...facts, promoteRequested: true };
      break;
    }
    if (world.rejected === index) {
      facts = {
        ...facts,
        invalidRecord: `incorrect resource manager data checksum in record at ${formatLsn(record.lsn)}`,
      };
      replayedTo = record.lsn;
      break;
    }
    const stop = stopAt(world.target, record);
    facts = { ...facts, redoDoneLsn: record.lsn };
    const ends = record.kind === 'commit' || record.kind === 'abort';
    if (stop?.side === 'before') replayedTo = record.lsn;
    else {
      replayedTo = record.end;
      if (ends) facts = { ...facts, lastCommitAt: record.at };
    }
    if (stop !== null) {
      facts = { ...facts, stop: parseStop(`recovery stopping ${stop.text}`) };
      reached =
        world.targetLsn === null ||
        (world.targetLsn === record.lsn && (world.target.type !== 'xid' || record.kind === 'commit'));
      break;
    }
    index += 1;
  }
  const evidence: Recovered = {
    target: world.target,
    targetLsn: world.targetLsn,
    backupStop: start,
    facts: recoveryFacts(facts),
    journal: journalOf(
      delivered.map((number) => segment(number)),
      notFound.map((number) => segment(number)),
    ),
    replayedTo,
    lastExpected: segment(LAST),
    segmentBytes: SEGMENT_BYTES,
    spans: [{ timeline: 1, begin: 0n }],
  };
  return { evidence, reached };
}

function isProven(evidence: Recovered): boolean {
  try {
    return proveTarget(evidence) !== '';
  } catch (error) {
    expect(error, String(error)).toBeInstanceOf(DrillError);
    return false;
  }
}

test('a target is proven when it was reached, and only then: whatever lies in the WAL, is gone, is rejected, or is ended', () => {
  expectHolds(
    fc.property(worlds, (world) => {
      const { evidence, reached } = recover(world);
      expect(isProven(evidence)).toBe(reached);
    }),
  );
});

test('what a proof rests on cannot be taken away: no delivery, no stop, no position, another end of the archive', () => {
  const damage = fc.constantFrom<((evidence: Recovered) => Recovered)[]>(
    (evidence) => ({ ...evidence, journal: journalOf([]) }),
    (evidence) => ({ ...evidence, facts: { ...evidence.facts, stop: null, promoteRequested: true } }),
    (evidence) => ({ ...evidence, facts: { ...evidence.facts, redoDoneLsn: null, promoteRequested: true } }),
    (evidence) => ({ ...evidence, lastExpected: segment(LAST + 1), facts: { ...evidence.facts, stop: null } }),
    (evidence) => ({ ...evidence, replayedTo: 0n }),
    (evidence) => ({
      ...evidence,
      spans: [{ timeline: 7, begin: 0n }],
      facts: { ...evidence.facts, promoteRequested: true },
    }),
  );
  expectHolds(
    fc.property(worlds, damage, (world, harm) => {
      const { evidence } = recover(world);
      const isAtTheEnd = world.target.type === 'latest' || world.target.type === 'standby';
      const harmed = harm(evidence);
      // Where the end is to be proven, replay may have ended long before: the record goes on through segments that were read.
      if (isAtTheEnd && harmed.replayedTo === 0n) return;
      // A time is proven by what was not replayed.
      if (world.target.type === 'time' && harmed.replayedTo === 0n) return;
      expect(isProven(harmed)).toBe(false);
    }),
  );
});
