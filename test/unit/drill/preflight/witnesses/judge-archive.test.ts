import { describe, expect, test } from 'vitest';
import { DrillError } from '../../../../../src/core/errors.ts';
import type { ProductionSeen } from '../../../../../src/drill/preflight/production.ts';
import { judgeArchive } from '../../../../../src/drill/preflight/witnesses/judge-archive.ts';
import type { Reach } from '../../../../../src/targets/reach.ts';
import type { Ruling } from '../../../../../src/drill/preflight/witnesses/ruling.ts';
import type { TimelineHistory } from '../../../../../src/pgbackrest/histories.ts';
import type { BackupSet } from '../../../../../src/pgbackrest/info.ts';
import type { TimelineSpan } from '../../../../../src/pgbackrest/wal-path.ts';
import type { TimelineChoice } from '../../../../../src/targets/timeline.ts';
import type { TimelineFork } from '../../../../../src/postgres/timeline-history.ts';
import { listingOf } from '../../../../fixtures/archive-listing.ts';
import { backupSet, lsn, segment } from '../../../../fixtures/facts.ts';
import { archiveState } from '../../../../fixtures/preflight.ts';

const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 21, 2, minute));
const BACKUP = backupSet({ label: 'F1', walStart: segment(2), walStop: segment(2), stoppedAt: at(2) });
const ONE: readonly TimelineSpan[] = [{ timeline: 1, begin: 0n }];
/** Timeline 2 parts from timeline 1 in segment 4, and was begun in minute 6. */
const FORK: TimelineFork = { timeline: 1, switchLsn: lsn('0/4000500') };
const TWO: readonly TimelineSpan[] = [...ONE, { timeline: 2, begin: FORK.switchLsn }];

interface Given {
  /** Number, timeline and the minute in which it was archived, which is by default the number. */
  readonly wal: readonly (readonly [number: number, timeline?: number, minute?: number])[];
  readonly histories?: Readonly<Record<number, TimelineHistory>>;
  /** History files that cannot be read, and when they were archived. */
  readonly unreadable?: Readonly<Record<number, Date>>;
  /** Why they cannot. */
  readonly why?: DrillError;
  readonly spans?: readonly TimelineSpan[];
  readonly sets?: readonly BackupSet[];
  readonly setsElsewhere?: readonly BackupSet[];
  readonly productions?: readonly ProductionSeen[];
  readonly choice?: TimelineChoice;
  readonly reach?: Reach;
}

function judge(given: Given): Promise<Ruling> {
  const {
    wal,
    spans = ONE,
    sets = [BACKUP],
    setsElsewhere = [],
    productions = [],
    histories = {},
    unreadable = {},
    why = new DrillError('wal-unreadable', 'it cannot be understood'),
  } = given;
  const files = wal.map(([number, timeline = 1, minute = number]) => ({
    name: segment(number, timeline),
    archivedAt: at(minute),
  }));
  const last = histories[spans.at(-1)?.timeline ?? 1];
  const state = archiveState(listingOf(files, Object.keys({ ...histories, ...unreadable }).map(Number)), spans, {
    forks: last?.forks ?? [],
    beganAt: last?.archivedAt ?? null,
  });
  const of = (timeline: number): Promise<TimelineHistory> => {
    const history = histories[timeline];
    return history ? Promise.resolve(history) : Promise.reject(why);
  };
  const archivedAt = (timeline: number): Promise<Date | null> =>
    Promise.resolve(histories[timeline]?.archivedAt ?? unreadable[timeline] ?? null);
  return judgeArchive({
    state,
    backup: BACKUP,
    sets,
    setsElsewhere,
    productions,
    divergence: null,
    choice: given.choice ?? 'latest',
    reach: given.reach ?? { kind: 'end' },
    histories: { of, archivedAt },
    now: at(59),
  });
}

const production = (differences: Partial<ProductionSeen>): ProductionSeen => ({
  path: '/pg',
  timeline: 1,
  archived: null,
  isRunning: true,
  checkpointAt: at(30),
  ...differences,
});
const setOf = (number: number, timeline: number, minute: number, differences: Partial<BackupSet> = {}): BackupSet =>
  backupSet({
    label: `set of ${timeline}`,
    walStart: segment(number, timeline),
    walStop: segment(number, timeline),
    lsnStart: BigInt(number) * 0x100_0000n + 0x800n,
    lsnStop: BigInt(number) * 0x100_0000n + 0x900n,
    stoppedAt: at(minute),
    ...differences,
  });
const HISTORY_2: TimelineHistory = { forks: [FORK], archivedAt: at(6) };
/** F1 on timeline 1, which was left in segment 4 for timeline 2. */
const FAILED_OVER = { wal: [[2], [3], [4], [4, 2, 7], [5, 2, 8]], spans: TWO, histories: { 2: HISTORY_2 } } as const;

describe('explained', () => {
  test.each<[string, Given]>([
    ['one timeline', { wal: [[2], [3], [4]] }],
    ['production has archived as far', { wal: [[2], [3]], productions: [production({ archived: segment(3) })] }],
    ['a failover', FAILED_OVER],
    ['timeline 1 had gone on before it was left for good', { ...FAILED_OVER, wal: [...FAILED_OVER.wal, [5], [6]] }],
    ['a set of the branch that was left', { ...FAILED_OVER, sets: [BACKUP, setOf(5, 1, 5)] }],
    [
      'the old primary archived late, but a set of timeline 2 is newer',
      { ...FAILED_OVER, wal: [...FAILED_OVER.wal, [5, 1, 9]], sets: [BACKUP, setOf(5, 2, 10)] },
    ],
    [
      'the old primary archived late, but production is on timeline 2',
      { ...FAILED_OVER, wal: [...FAILED_OVER.wal, [5, 1, 9]], productions: [production({ timeline: 2 })] },
    ],
    [
      'the old primary was shut down before',
      { ...FAILED_OVER, productions: [production({ isRunning: false, checkpointAt: at(5), archived: segment(5) })] },
    ],
    [
      'two recoveries from timeline 1, one after the other',
      {
        wal: [[2], [3], [4], [4, 2, 7], [3, 3, 11]],
        spans: [...ONE, { timeline: 3, begin: lsn('0/3000500') }],
        histories: { 2: HISTORY_2, 3: { forks: [{ timeline: 1, switchLsn: lsn('0/3000500') }], archivedAt: at(10) } },
      },
    ],
    [
      'WAL of a copy whose history was removed, and a newer set',
      { wal: [[2], [3], [4], [3, 2, 4]], sets: [BACKUP, setOf(4, 1, 5)] },
    ],
    ['the end of the backup alone is wanted', { wal: [[2], [3, 2, 9]], reach: { kind: 'backup' } }],
    [
      'the LSN lies before the fork',
      { ...FAILED_OVER, wal: [...FAILED_OVER.wal, [5, 1, 9]], reach: { kind: 'position', lsn: lsn('0/4000400') } },
    ],
    [
      'the time lies before the fork',
      { ...FAILED_OVER, wal: [...FAILED_OVER.wal, [5, 1, 9]], reach: { kind: 'moment', at: at(3) } },
    ],
    [
      'the time lies before all that a branch without history has',
      { wal: [[2], [3], [4], [4, 2, 7]], reach: { kind: 'moment', at: at(3) } },
    ],
  ])('%s', async (_, given) => {
    expect(await judge(given)).toEqual({ fault: null, warnings: [] });
  });
});

describe('a fault', () => {
  test.each<[string, Given, string, string]>([
    [
      'production has archived further',
      { wal: [[2], [3]], productions: [production({ archived: segment(4) })] },
      'wal-missing',
      segment(4),
    ],
    ['a later set reaches further', { wal: [[2], [3]], sets: [BACKUP, setOf(6, 1, 6)] }, 'wal-missing', segment(6)],
    [
      'a set in another repository reaches further',
      { wal: [[2], [3]], setsElsewhere: [setOf(6, 1, 6, { repo: 2 })] },
      'wal-missing',
      'in repository 2',
    ],
    [
      'a later set reaches further, and the time lies after the archive',
      { wal: [[2], [3]], sets: [BACKUP, setOf(6, 1, 6)], reach: { kind: 'moment', at: at(5) } },
      'wal-missing',
      segment(6),
    ],
    ['WAL without a history file', { wal: [[2], [3], [3, 2, 7]] }, 'wal-missing', '00000002.history'],
    [
      'WAL without a history file, and a time after it',
      { wal: [[2], [3], [3, 2, 7]], reach: { kind: 'moment', at: at(8) } },
      'wal-missing',
      '00000002.history',
    ],
    [
      'WAL without a history file, and an LSN in it',
      { wal: [[2], [3], [3, 2, 7], [4, 2, 8]], reach: { kind: 'position', lsn: lsn('0/4000100') } },
      'wal-missing',
      '00000002.history',
    ],
    [
      'a set of a timeline of which all is lost',
      { wal: [[2], [3]], sets: [BACKUP, setOf(4, 2, 8)] },
      'wal-missing',
      'set of 2',
    ],
    [
      'such a set in another repository',
      { wal: [[2], [3]], setsElsewhere: [setOf(4, 2, 8, { repo: 2 })] },
      'wal-missing',
      'in repository 2',
    ],
    [
      'production on a timeline of which all is lost',
      { wal: [[2], [3]], productions: [production({ timeline: 2 })] },
      'wal-missing',
      '/pg is on timeline 2',
    ],
    [
      'that production shut down',
      { wal: [[2], [3]], productions: [production({ timeline: 2, isRunning: false })] },
      'wal-missing',
      '/pg is on timeline 2',
    ],
    [
      'WAL of the timeline that was left is newer',
      { ...FAILED_OVER, wal: [...FAILED_OVER.wal, [5, 1, 9]] },
      'timeline-split',
      'one of the two',
    ],
    ['a set of it is newer', { ...FAILED_OVER, sets: [BACKUP, setOf(5, 1, 9)] }, 'timeline-split', 'set of 1'],
    [
      'production runs on it, idle',
      { ...FAILED_OVER, productions: [production({})] },
      'timeline-split',
      '/pg is on timeline 1',
    ],
    [
      'production was shut down on it later',
      { ...FAILED_OVER, productions: [production({ isRunning: false, archived: segment(5) })] },
      'timeline-split',
      segment(5),
    ],
    [
      'WAL of it is newer, and the time lies after the fork',
      { ...FAILED_OVER, wal: [...FAILED_OVER.wal, [5, 1, 9]], reach: { kind: 'moment', at: at(7) } },
      'timeline-split',
      segment(5),
    ],
    [
      'a newer timeline whose history is there, though that between is not',
      {
        ...FAILED_OVER,
        histories: {
          2: HISTORY_2,
          4: { forks: [FORK, { timeline: 2, switchLsn: lsn('0/5000100') }], archivedAt: at(9) },
        },
      },
      'timeline-split',
      '00000003.history',
    ],
    [
      'a newer timeline whose history is there, and cannot be read',
      { ...FAILED_OVER, unreadable: { 9: at(9) } },
      'wal-missing',
      '00000009.history, which says where timeline 9 comes from, cannot be read',
    ],
    [
      'the same, since the user of the drill may not read it',
      { ...FAILED_OVER, unreadable: { 9: at(9) }, why: new DrillError('repo-permission-denied', 'it is locked') },
      'repo-permission-denied',
      '00000009.history, which says where timeline 9 comes from, cannot be read here: it is locked',
    ],
  ])('%s', async (_, given, code, says) => {
    const { fault, warnings } = await judge(given);
    expect(fault?.code).toBe(code);
    expect(fault?.message.toLowerCase()).toContain(says.toLowerCase());
    expect(warnings).toEqual([]);
  });

  test('a history that cannot be read, from before the timeline of production began', async () => {
    const { fault } = await judge({ ...FAILED_OVER, unreadable: { 9: at(1) } });
    expect(fault).toBeNull();
  });

  test('the hint says with which timeline to drill', async () => {
    const { fault } = await judge({ ...FAILED_OVER, wal: [...FAILED_OVER.wal, [5, 1, 9]] });
    expect(fault?.hint).toContain('--target-timeline 1');
    expect(fault?.hint).toContain('--target-timeline 2');
  });
});

describe('a warning', () => {
  test.each<[string, Given, number]>([
    [
      'the older timeline was asked for by number',
      { wal: [[2], [3], [4], [4, 2, 7]], histories: { 2: HISTORY_2 }, choice: 1 },
      2,
    ],
    [
      'the timeline of the backup was asked for',
      { wal: [[2], [3], [4], [4, 2, 7]], histories: { 2: HISTORY_2 }, choice: 'current' },
      2,
    ],
    [
      'all of the newer timeline is of the second in which the backup ended',
      { wal: [[2], [3], [4], [4, 2, 2]], histories: { 2: { ...HISTORY_2, archivedAt: at(2) } }, choice: 'current' },
      2,
    ],
    ['a branch without history was left aside by number', { wal: [[2], [3], [3, 2, 7]], choice: 1 }, 2],
    [
      'the newer timeline was asked for by number',
      { ...FAILED_OVER, wal: [...FAILED_OVER.wal, [5, 1, 9]], choice: 2 },
      1,
    ],
    [
      'the time lies on the branch that was left, too',
      { ...FAILED_OVER, wal: [...FAILED_OVER.wal, [5, 1, 6]], reach: { kind: 'moment', at: at(5) } },
      1,
    ],
    [
      'the LSN lies on the branch that was left, too',
      { ...FAILED_OVER, wal: [...FAILED_OVER.wal, [5, 1, 6]], reach: { kind: 'position', lsn: lsn('0/5000100') } },
      1,
    ],
  ])('%s', async (_, given, timeline) => {
    const { fault, warnings } = await judge(given);
    expect(fault).toBeNull();
    expect(warnings).toMatchObject([
      { code: 'other-branch', hint: expect.stringContaining(`--target-timeline ${timeline}`) as string },
    ]);
  });

  test('none when a moment was asked for on a timeline by number', async () => {
    const given: Given = {
      ...FAILED_OVER,
      wal: [...FAILED_OVER.wal, [5, 1, 6]],
      choice: 2,
      reach: { kind: 'moment', at: at(5) },
    };
    expect(await judge(given)).toEqual({ fault: null, warnings: [] });
  });
});
