import { describe, expect, test } from 'vitest';
import { ageMs, measureBackupAge, measureRpo, measureRto } from '../../../../src/drill/judge/measure.ts';
import { Timeline } from '../../../../src/drill/timeline.ts';
import type { RecoveryTarget } from '../../../../src/targets/index.ts';
import type { DrillReport } from '../../../../src/report/report.ts';
import { listingOf } from '../../../fixtures/archive-listing.ts';
import { backupSet, instant, segment } from '../../../fixtures/facts.ts';
import { archiveState, preflightOf } from '../../../fixtures/preflight.ts';
import { planOf } from '../../../fixtures/plans.ts';

const STARTED = new Date('2026-11-21T03:00:00Z');
const PLAN = 'name: orders\nsource: { stanza: main }\n';
const plan = (objectives = ''): ReturnType<typeof planOf> =>
  planOf(PLAN + (objectives && `objectives: { ${objectives} }\n`));

/** A timeline whose phases up to `last` took a second each. */
async function timelineTo(last: 'provision' | 'restore' | 'recover' | 'verify'): Promise<Timeline> {
  let ms = 0;
  const timeline = new Timeline({ now: () => STARTED, monotonicMs: () => ms }, () => {});
  const phases = ['preflight', 'provision', 'restore', 'recover', 'verify'] as const;
  for (const id of phases.slice(0, phases.indexOf(last) + 1)) {
    await timeline.phase(id, () => {
      ms += 1000;
      return Promise.resolve();
    });
  }
  return timeline;
}

describe('RTO', () => {
  test('goes from the first instant of provision to the end of recovery; validated, to that of verify', async () => {
    expect(measureRto(await timelineTo('verify'), true, 3000)).toMatchObject({
      measuredMs: 3000,
      validatedMs: 4000,
      objectiveMs: 3000,
      met: true,
    });
    expect(measureRto(await timelineTo('verify'), true, 2999).met).toBe(false);
  });

  test('is told by its phases, and by no other', async () => {
    expect(measureRto(await timelineTo('restore'), true, null).phases).toEqual([
      { id: 'provision', durationMs: 1000 },
      { id: 'restore', durationMs: 1000 },
      { id: 'recover', durationMs: null },
    ]);
  });

  test('is null unless the target was really reached', async () => {
    expect(measureRto(await timelineTo('verify'), false, 3000)).toMatchObject({
      measuredMs: null,
      validatedMs: null,
      met: null,
    });
    expect(measureRto(await timelineTo('restore'), true, 3000)).toMatchObject({
      measuredMs: null,
      validatedMs: null,
      met: null,
    });
    expect(measureRto(await timelineTo('recover'), true, 3000)).toMatchObject({
      measuredMs: 3000,
      validatedMs: null,
      met: true,
    });
  });

  test('without an objective nothing was met or missed', async () => {
    expect(measureRto(await timelineTo('verify'), true, null).met).toBeNull();
  });
});

function recovery(
  differences: Partial<NonNullable<DrillReport['recovery']>> = {},
): NonNullable<DrillReport['recovery']> {
  return {
    reached: true,
    proof: 'proven',
    state: 'read-write',
    lastCommitAt: '2026-11-21T02:58:30.000001Z',
    lastReplayedLsn: '0/5000000',
    timeline: 2,
    stoppedBefore: null,
    walSegments: 3,
    walBytes: 1,
    walBytesPerSecond: 1,
    consistentMs: 1,
    replayMs: 1,
    checkpointMs: 1,
    promotedAt: null,
    walFetch: 'as-configured',
    otherWalFetch: null,
    ...differences,
  };
}

const archive = archiveState(listingOf([{ name: segment(2), archivedAt: new Date('2026-11-21T02:59:00Z') }]));
const ready = (target: RecoveryTarget): ReturnType<typeof preflightOf> => preflightOf({ target, archive });

/** The archive was listed right when the run began. */
const AT = { startedAt: STARTED, disasterAt: STARTED, beats: null };

const offline = (stoppedAt: string): ReturnType<typeof preflightOf> =>
  preflightOf({
    archive,
    target: { type: 'latest' },
    backup: backupSet({
      walStart: null,
      walStop: null,
      lsnStart: null,
      lsnStop: null,
      stoppedAt: new Date(stoppedAt),
    }),
  });

describe('RPO', () => {
  test.each(['latest', 'standby'] as const)('of %s is the age of the last replayed commit, an upper bound', (type) => {
    expect(measureRpo(plan('rpo: 90s'), ready({ type }), recovery(), AT)).toEqual({
      measuredMs: 89_999,
      method: 'last-replayed-commit',
      upperBound: true,
      applies: true,
      reason: null,
      objectiveMs: 90_000,
      met: true,
      archiveAgeMs: 60_000,
    });
  });

  test('of an idle production is not made better by fresh WAL: the objective is missed', () => {
    const measured = measureRpo(plan('rpo: 80s'), ready({ type: 'latest' }), recovery(), AT);
    expect(measured).toMatchObject({ measuredMs: 89_999, met: false, archiveAgeMs: 60_000 });
  });

  test.each<[string, RecoveryTarget, string]>([
    ['a time', { type: 'time', instant: 0n, asTyped: '' }, 'stopped-before-later-commit'],
    ['an LSN', { type: 'lsn', lsn: 0n }, 'target-reached'],
    ['an xid', { type: 'xid', xid: '7' }, 'target-reached'],
    ['a name', { type: 'name', name: 'x' }, 'target-reached'],
  ])('%s has none: it was chosen, and how it was reached is said beside', (_, target, method) => {
    expect(measureRpo(plan('rpo: 1h'), ready(target), recovery(), AT)).toMatchObject({
      measuredMs: null,
      method,
      upperBound: false,
      applies: false,
      met: null,
      objectiveMs: 3_600_000,
      reason: expect.stringContaining('a target that was chosen') as string,
    });
  });

  test('counts from the moment when the archive had been listed, so that what was archived until then may be in it', () => {
    const disasterAt = new Date('2026-11-21T03:00:30Z');
    const late = recovery({ lastCommitAt: '2026-11-21T03:00:10Z' });
    expect(measureRpo(plan(), ready({ type: 'latest' }), late, { ...AT, disasterAt }).measuredMs).toBe(20_000);
  });

  test.each([
    ['2026-11-21T03:00:00.9Z', 0],
    ['2026-11-21T03:00:01.1Z', null],
    ['2026-11-21T05:00:00Z', null],
  ])(
    'with a last commit of %s is %j: a commit of the future is the word of a wrong clock',
    (lastCommitAt, measuredMs) => {
      const measured = measureRpo(plan('rpo: 1h'), ready({ type: 'latest' }), recovery({ lastCommitAt }), AT);
      expect(measured.measuredMs).toBe(measuredMs);
      expect(measured.met).toBe(measuredMs === null ? null : true);
      expect(measured.reason?.includes('clock') ?? null).toBe(measuredMs === null ? true : null);
    },
  );

  describe('with a heartbeat', () => {
    const [lastAt, comparedAt] = [instant('2026-11-21T02:58:00Z'), instant('2026-11-21T02:58:30Z')];
    const beats = { table: 'b', everyMs: 60_000, lastAt, later: 0, comparedAt, ran: true };

    test('that ran until the last commit, it is no upper bound', () => {
      const measured = measureRpo(plan(), ready({ type: 'latest' }), recovery(), { ...AT, beats });
      expect(measured).toMatchObject({ measuredMs: 89_999, method: 'heartbeat', upperBound: false });
    });

    test('that had stopped, it is what it is without', () => {
      const measured = measureRpo(plan(), ready({ type: 'latest' }), recovery(), {
        ...AT,
        beats: { ...beats, ran: false },
      });
      expect(measured).toMatchObject({ measuredMs: 89_999, method: 'last-replayed-commit', upperBound: true });
    });

    test('and no commit on the way, it counts from the last beat in the backup', () => {
      const none = recovery({ lastCommitAt: null });
      const target = ready({ type: 'latest' });
      expect(measureRpo(plan('rpo: 90s'), target, none, { ...AT, beats })).toMatchObject({
        measuredMs: 120_000,
        method: 'heartbeat',
        upperBound: false,
        met: false,
      });
      const stopped = { ...AT, beats: { ...beats, ran: false } };
      expect(measureRpo(plan('rpo: 90s'), target, none, stopped)).toMatchObject({ measuredMs: null, method: null });
    });

    test('a wrong clock is still one, and a chosen target still has no RPO', () => {
      const future = recovery({ lastCommitAt: '2026-11-21T03:00:02Z' });
      expect(measureRpo(plan(), ready({ type: 'latest' }), future, { ...AT, beats }).measuredMs).toBeNull();
      expect(measureRpo(plan(), ready({ type: 'lsn', lsn: 0n }), recovery(), { ...AT, beats }).applies).toBe(false);
    });
  });

  test.each<[string, RecoveryTarget, DrillReport['recovery']]>([
    ['nothing was recovered', { type: 'latest' }, null],
    ['the target was not reached', { type: 'latest' }, recovery({ reached: false })],
    ['no commit was replayed', { type: 'latest' }, recovery({ lastCommitAt: null })],
    ['only consistency was wanted', { type: 'immediate' }, recovery()],
    ['a time was not reached', { type: 'time', instant: 0n, asTyped: '' }, recovery({ reached: false })],
  ])('is not measured, and so not met, when %s', (_, target, recovered) => {
    expect(measureRpo(plan('rpo: 1h'), ready(target), recovered, AT)).toMatchObject({
      measuredMs: null,
      method: null,
      met: null,
      objectiveMs: 3_600_000,
    });
  });

  describe('of a backup that was taken offline', () => {
    test('is the age of the backup, an upper bound, whatever was committed before', () => {
      const measured = measureRpo(plan('rpo: 1h'), offline('2026-11-21T02:30:00Z'), recovery(), AT);
      expect(measured).toMatchObject({ measuredMs: 1_800_000, method: 'backup-stop', upperBound: true, met: true });
    });

    test('is not known where the backup is dated after the run', () => {
      const measured = measureRpo(plan('rpo: 1h'), offline('2026-11-21T04:00:00Z'), recovery(), AT);
      expect(measured).toMatchObject({ measuredMs: null, method: null, met: null, upperBound: false });
      expect(measured.reason).toContain('a clock is wrong');
    });
  });

  test('is not measured where the run came to no disaster, and where nothing is known of the backup', () => {
    const before = { ...AT, disasterAt: null };
    expect(measureRpo(plan(), ready({ type: 'latest' }), recovery(), before).measuredMs).toBeNull();
    expect(measureRpo(plan(), null, recovery(), AT).measuredMs).toBe(89_999);
  });

  test.each([
    ['2026-11-21T03:00:01Z', 0],
    ['2026-11-21T03:00:01.001Z', null],
  ])('clocks may differ by a second: %s', (lastCommitAt, measuredMs) => {
    const measured = measureRpo(plan(), ready({ type: 'latest' }), recovery({ lastCommitAt }), AT);
    expect(measured.measuredMs).toBe(measuredMs);
  });

  test('is not measured when preflight broke off', () => {
    expect(measureRpo(plan('rpo: 1h'), null, null, AT)).toMatchObject({
      measuredMs: null,
      met: null,
      archiveAgeMs: null,
    });
  });
});

describe('the age of the backup', () => {
  test('is that of the newest, whichever is drilled', () => {
    const found = preflightOf({ newestBackup: backupSet({ stoppedAt: new Date('2026-11-21T01:00:00Z') }) });
    expect(measureBackupAge(plan('backupAge: 2h'), found, STARTED)).toEqual({
      measuredMs: 7_200_000,
      objectiveMs: 7_200_000,
      met: true,
    });
    expect(measureBackupAge(plan('backupAge: 119m'), found, STARTED).met).toBe(false);
    expect(measureBackupAge(plan(), found, STARTED).met).toBeNull();
  });

  test('is not known when preflight broke off', () => {
    expect(measureBackupAge(plan('backupAge: 2h'), null, STARTED)).toMatchObject({ measuredMs: null, met: null });
  });
});

describe('an age', () => {
  const now = new Date('2026-11-28T12:00:00Z');

  test.each([
    ['2026-11-28T11:00:00Z', 3_600_000],
    ['2026-11-28T12:00:00Z', 0],
    ['2026-11-28T12:01:00Z', 0],
    ['2026-11-28T12:01:00.001Z', null],
    ['2026-11-28T12:00:59Z', 0],
    ['2026-11-28T12:01:01Z', null],
    ['2026-12-28T12:00:00Z', null],
  ])('of %s at noon is %s', (of, age) => {
    expect(ageMs(new Date(of), now)).toBe(age);
  });
});
