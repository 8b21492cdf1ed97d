import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { inject, describe, expect, test } from 'vitest';
import { drill, leftovers, onThisMachineAlone, sandboxKind, workspace, writePlan } from '../fixtures/drill.ts';

const golden = inject('golden');
const [m1, m2, , m4, m5] = golden.marks;

/** A check that holds when exactly the marks up to `last` are there. */
const marksUpTo = (last: number): string[] => [
  '--check-sql',
  `select coalesce(array_agg(id order by id), '{}') = array(select generate_series(1, ${last})) from marks`,
];

/** The beat before the target is there, and none after it. How long the shared production takes from one to the next is no matter. */
const BEATS = [{ name: 'the heartbeat', heartbeat: { every: '10m' } }];

const heartbeat = (table: string): object => ({ name: table, heartbeat: { table } });

/**
 * What the kinds of sandbox do in their own way: pg_waldump, another repository. The latest state, a point in time and a standby
 * are in docker/version-pairs.test.ts and ssh/provision.test.ts.
 */
const EVERYWHERE = ['xid before the incremental backup', 'second repository'];

describe('recovery targets', () => {
  const cases = [
    { name: 'latest', args: [], last: 6, rpo: 'heartbeat' },
    { name: 'time', args: ['--target-time', m4?.after ?? ''], last: 4, rpo: 'stopped-before-later-commit' },
    {
      name: 'time before the incremental backup',
      args: ['--target-time', m2?.after ?? ''],
      last: 2,
      rpo: 'stopped-before-later-commit',
    },
    { name: 'lsn', args: ['--target-lsn', m5?.lsnAfter ?? ''], last: 5, rpo: 'target-reached' },
    { name: 'xid', args: ['--target-xid', m5?.xid ?? ''], last: 5, rpo: 'target-reached' },
    {
      name: 'xid before the incremental backup',
      args: ['--target-xid', m1?.xid ?? ''],
      last: 1,
      rpo: 'target-reached',
    },
    { name: 'name', args: ['--target-name', 'late'], last: 5, rpo: 'target-reached' },
    { name: 'name before the incremental backup', args: ['--target-name', 'early'], last: 1, rpo: 'target-reached' },
    { name: 'immediate', args: ['--target-immediate'], last: 3, rpo: null },
    { name: 'standby', args: ['--standby'], last: 6, rpo: 'heartbeat' },
    { name: 'oldest backup', args: ['--backup', 'oldest'], last: 6, rpo: 'heartbeat' },
    { name: 'random backup', args: ['--backup', 'random'], last: 6, rpo: 'heartbeat' },
    { name: 'second repository', args: ['--repo', '2'], last: 6, rpo: 'heartbeat' },
  ].filter(({ name }) => sandboxKind === 'local' || EVERYWHERE.includes(name));

  test.each(cases)('$name: the rows before are there, those after are not', async ({ args, last, rpo }) => {
    const place = workspace();
    const run = await drill(place, writePlan(place, 'beats', { checks: BEATS }), ...args, ...marksUpTo(last));
    expect(run.report?.reasons).toEqual([]);
    expect(run).toMatchObject({ status: 0, report: { verdict: 'passed' } });
    expect(run.report?.recovery?.reached).toBe(true);
    expect(run.report?.source.repo?.writable).toBe(false);
    expect(run.report?.rpo.method).toBe(rpo);
    expect(run.report?.heartbeat).toMatchObject({ table: 'pgdrill.heartbeat', laterBeats: 0, ran: true });
    expect(run.report?.rto.measuredMs).toBeGreaterThan(0);
    expect(leftovers(run.workspace)).toEqual([]);
  });

  onThisMachineAlone(() => {
    test('a random point inside the window is resolved, and reached', async () => {
      const place = workspace();
      const run = await drill(place, writePlan(place, 'random', { target: { random: { within: '1d' } } }));
      expect(run.report?.reasons).toEqual([]);
      expect(run).toMatchObject({ status: 0, report: { verdict: 'passed', target: { type: 'random' } } });
      expect(run.report?.target.value).toMatch(/^[0-9A-F]+\/[0-9A-F]+$/);
    });

    test('a heartbeat that had stopped is no loss and no pass, and one beat after the target is a failure', async () => {
      const place = workspace();
      const stopped = await drill(place, writePlan(place, 'stopped', { checks: [heartbeat('stopped_beats')] }));
      expect(stopped).toMatchObject({
        status: 3,
        report: {
          verdict: 'inconclusive',
          reasons: [{ code: 'heartbeat-unusable' }, { code: 'check-skipped' }],
          rpo: { method: 'last-replayed-commit', upperBound: true },
          heartbeat: { lastBeatAt: '2020-01-01T00:00:00.000Z', ran: false },
        },
      });
      const late = writePlan(place, 'late', { checks: ['pgdrill.heartbeat', 'future_beats'].map(heartbeat) });
      const beyond = await drill(place, late, '--target-time', m4?.after ?? '');
      expect(beyond).toMatchObject({ status: 1, report: { verdict: 'failed', heartbeat: { laterBeats: 0 } } });
      expect(beyond.report?.reasons.map(({ code }) => code)).toEqual(['check-failed']);
      expect(beyond.report?.reasons[0]?.message).toContain('recovery went beyond its target');
    });

    test('a backup set is chosen by its label, and an unknown one is refused with those that are there', async () => {
      const [label = ''] = globSync('backup/shop/*F', { cwd: golden.repo1 }).map((path) => basename(path));
      expect(await drill(workspace(), '--backup', label)).toMatchObject({
        status: 0,
        report: { verdict: 'passed', source: { backup: { label } } },
      });
      const unknown = await drill(workspace(), '--backup', '20010101-000000F');
      expect(unknown).toMatchObject({ status: 2, report: null, stderr: expect.stringContaining(label) as string });
    });
  });
});
