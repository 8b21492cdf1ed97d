import { expect, test } from 'vitest';
import { describeRecovery, recoverySummary } from '../../../../src/drill/judge/describe-recovery.ts';
import type { RecoveryFacts, RecoveryLog } from '../../../../src/postgres/recovery-log.ts';
import { parseControlData } from '../../../../src/postgres/control-data.ts';
import { listingOf } from '../../../fixtures/archive-listing.ts';
import { drillErrorOf } from '../../../fixtures/errors.ts';
import { backupSet, instant, journalOf, lsn, segment } from '../../../fixtures/facts.ts';
import { archiveState, preflightOf } from '../../../fixtures/preflight.ts';
import { factsOf } from '../../../fixtures/recovery-logs.ts';

type Described = Parameters<typeof describeRecovery>[0];

const archive = archiveState(listingOf([2, 3, 4, 5, 6, 7].map((number) => ({ name: segment(number) }))));

/** A recovery to the end, by the log of a real one. */
function recovered(facts: Partial<RecoveryFacts> = {}, differences: Partial<Described> = {}): Described {
  return {
    log: { facts: { ...factsOf('pg15-latest'), ...facts } } as RecoveryLog,
    journal: journalOf(
      [2, 3, 4, 5, 6, 7].map((number) => segment(number)),
      [segment(8)],
    ),
    replayedTo: lsn('0/8000000'),
    timeline: 9,
    lastCommitAt: instant('2026-11-21 03:50:00+00'),
    acceptedAt: instant('2026-11-21 04:37:10+00'),
    restored: parseControlData('Database cluster state: in production\n'),
    ...differences,
  };
}

const ready = preflightOf({ archive });

const between = (from: bigint | null, to: bigint | null): number => Number(((to ?? 0n) - (from ?? 0n)) / 1000n);

test('a recovery is told from the log of PostgreSQL, with its proof', () => {
  const facts = factsOf('pg15-latest');
  const replayMs = between(facts.redoStartedAt, facts.redoDoneAt);
  const walBytes = 6 * 16 * 1024 * 1024;
  expect(describeRecovery(recovered(), ready)).toEqual({
    reached: true,
    proof: expect.stringContaining(`through ${segment(7)}, the last segment in the archive`) as string,
    state: 'read-write',
    lastCommitAt: '2026-11-21T03:55:46.639251Z',
    lastReplayedLsn: '0/8000000',
    timeline: 2,
    stoppedBefore: null,
    walSegments: 6,
    walBytes,
    walBytesPerSecond: Math.round((walBytes * 1000) / replayMs),
    consistentMs: between(facts.startedAt, facts.consistentAt),
    replayMs,
    checkpointMs: between(facts.completeAt, facts.readyAt),
    promotedAt: '2026-11-21T04:37:09.621Z',
  });
});

test('what the log does not say is not made up', () => {
  const silent = { redoStartedAt: null, startedAt: null, completeAt: null, readyAt: null, newTimeline: null };
  expect(describeRecovery(recovered({ ...silent, lastCommitAt: null }, { lastCommitAt: null }), ready)).toMatchObject({
    lastCommitAt: null,
    timeline: 9,
    walBytesPerSecond: null,
    consistentMs: null,
    replayMs: null,
    checkpointMs: null,
    promotedAt: null,
  });
});

test('what has begun and not ended took no time that is known', () => {
  const told = describeRecovery(recovered({ redoDoneAt: null, consistentAt: null, readyAt: null }), ready);
  expect(told).toMatchObject({ replayMs: null, consistentMs: null, checkpointMs: null });
});

test('a replay that took no time has no speed', () => {
  const { redoStartedAt } = factsOf('pg15-latest');
  const told = describeRecovery(recovered({ redoDoneAt: redoStartedAt }), ready);
  expect(told).toMatchObject({ replayMs: 0, walBytesPerSecond: null });
});

test('a standby replays until it accepts connections, and says itself what it replayed last', () => {
  const facts = { redoStartedAt: instant('2026-11-21 04:37:00+00'), lastCommitAt: null };
  expect(describeRecovery(recovered(facts), preflightOf({ archive, target: { type: 'standby' } }))).toMatchObject({
    state: 'standby',
    replayMs: 10_000,
    lastCommitAt: '2026-11-21T03:50:00.000Z',
  });
});

test('where PostgreSQL stopped is told in its own words', () => {
  const { stop, redoDoneLsn, lastCommitAt } = factsOf('pg15-time');
  const target = { type: 'time', instant: instant('2026-11-21 03:55:46+00'), asTyped: '' } as const;
  const item = recovered({ stop, redoDoneLsn, lastCommitAt }, { replayedTo: redoDoneLsn ?? 0n });
  expect(describeRecovery(item, preflightOf({ archive, target })).stoppedBefore).toBe(stop?.text);
});

test('a recovery that is not proven is not told', () => {
  expect(drillErrorOf(() => describeRecovery(recovered({}, { journal: journalOf([]) }), ready)).code).toBe(
    'target-unproven',
  );
});

const off = (state: string): Described =>
  recovered(
    { redoStartedAt: null },
    { journal: journalOf([]), replayedTo: 0n, restored: parseControlData(`Database cluster state: ${state}\n`) },
  );

test('a backup that was taken offline is proven by pg_control, and has replayed nothing', () => {
  const offline = preflightOf({ archive, backup: backupSet({ walStart: null, walStop: null, lsnStop: null }) });
  expect(describeRecovery(off('shut down'), offline)).toMatchObject({
    proof: expect.stringContaining('there was nothing to replay') as string,
    lastReplayedLsn: null,
    walSegments: 0,
  });
  expect(drillErrorOf(() => describeRecovery(off('in production'), offline)).code).toBe('target-unproven');
});

test('a recovery in a line', () => {
  const told = describeRecovery(recovered(), ready);
  expect(recoverySummary({ ...told, walBytes: 32 * 1024 * 1024, walBytesPerSecond: 1024 * 1024 })).toMatch(
    / of WAL at .*\/s$/,
  );
  expect(recoverySummary({ ...told, walBytesPerSecond: null })).toMatch(/ of WAL$/);
  expect(recoverySummary({ ...told, walBytes: null, walBytesPerSecond: null })).toBe('no WAL');
});
