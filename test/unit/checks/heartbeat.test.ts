import { describe, expect, test } from 'vitest';
import type { RecoveredTo } from '../../../src/checks/check.ts';
import { beatMoment, describeBeats, judgeBeats, type BeatJudgement } from '../../../src/checks/heartbeat.ts';
import type { Instant } from '../../../src/core/instant.ts';
import { instant } from '../../fixtures/facts.ts';
import { planOf, problemsOf } from '../../fixtures/plans.ts';
import { recoveredTo } from '../../fixtures/recovered-to.ts';

const MINUTE = 60_000;
const at = (time: string): Instant => instant(`2026-11-21 ${time}+00`);

/** The reference is noon; beats at these times are in the copy. */
function judge(recovered: RecoveredTo, ...beats: string[]): BeatJudgement {
  const moment = beatMoment(at('12:00:00'), recovered);
  const all = beats.map(at);
  const upTo = all.filter((beat) => beat <= moment.at);
  const read = { lastAt: upTo.at(-1) ?? null, newestAt: all.at(-1) ?? null, later: all.length - upTo.length };
  return judgeBeats(read, MINUTE, moment, recovered);
}

const toATime = recoveredTo({ toTheEnd: false, beforeLaterCommit: true, lastCommitAt: at('11:59:58') });
const toAnLsn = recoveredTo({ toTheEnd: false });

describe('a recovery to a time', () => {
  test('holds with the beat before it and none after it', () => {
    expect(judge(toATime, '11:58:30', '11:59:30')).toMatchObject({ status: 'passed', ran: true, message: null });
    expect(judge(toATime, '12:00:00').observed).toBe(
      'the last beat is of 2026-11-21T12:00:00.000Z, 0.0 s before the target; after it none',
    );
  });

  test('fails with a beat after it, by as little as a microsecond: beats are dated before their commit', () => {
    expect(judge(toATime, '11:59:30', '12:00:00.000001')).toMatchObject({
      status: 'failed',
      ran: false,
      observed: expect.stringContaining('after it 1, the newest of 2026-11-21T12:00:00.000001Z') as string,
    });
  });

  test('one beat may be late or missed, a third shows that the job had stopped; that is no loss', () => {
    expect(judge(toATime, '11:58:00').status).toBe('passed');
    const stopped = judge(toATime, '11:57:59.9');
    expect(stopped).toMatchObject({ status: 'skipped', ran: false, lack: { code: 'heartbeat-unusable' } });
    expect(judge(toATime, '09:00:00').message).toContain('no data is known to be lost');
  });

  test('says so when production committed nothing at all', () => {
    const idle = { ...toATime, lastCommitAt: at('11:00:00') };
    expect(judge(idle, '11:00:00').message).toContain('production may have been down');
  });

  test('without any beat shows nothing: the first may have come later', () => {
    expect(judge(toATime)).toMatchObject({ status: 'skipped', lack: { code: 'heartbeat-unusable' } });
  });
});

describe('a recovery to the end of the archive', () => {
  test('holds when the heartbeat ran until the last replayed commit, however old that is', () => {
    expect(judge(recoveredTo(), '11:59:30')).toMatchObject({ status: 'passed', ran: true });
    expect(judge(recoveredTo({ disasterAt: at('23:00:00') }), '11:59:30').status).toBe('passed');
  });

  test('is not shown by a heartbeat that had stopped while production went on', () => {
    expect(judge(recoveredTo(), '10:00:00')).toMatchObject({
      status: 'skipped',
      ran: false,
      message: expect.stringContaining('production went on to commit for 2h 00m without it') as string,
    });
  });

  test('fails without any beat', () => {
    expect(judge(recoveredTo())).toMatchObject({
      status: 'failed',
      observed: expect.stringContaining('no beat') as string,
    });
  });

  test('counts from the end of the backup where nothing was replayed, whose clock may be another one', () => {
    const nothing = recoveredTo({ lastCommitAt: null });
    expect(judge(nothing, '00:59:30').status).toBe('passed');
    expect(judge(nothing, '01:00:40')).toMatchObject({ status: 'passed', ran: true });
    expect(judge(nothing, '00:50:00').status).toBe('skipped');
  });

  test.each([
    ['later than the last commit by minutes', recoveredTo(), '12:03:00'],
    ['later than the disaster', recoveredTo({ lastCommitAt: at('12:07:00') }), '12:07:00'],
  ])('a beat that is dated %s is the word of a wrong clock', (_, recovered, beat) => {
    expect(judge(recovered, beat)).toMatchObject({
      status: 'skipped',
      message: expect.stringContaining('clock') as string,
    });
  });
});

const words = (recovered: RecoveredTo): string => describeBeats(MINUTE, beatMoment(at('12:00:00'), recovered));

describe('a recovery to a position', () => {
  test('takes a beat that was overtaken by the commit where it stopped', () => {
    expect(judge(toAnLsn, '11:59:30').status).toBe('passed');
    expect(judge(toAnLsn, '12:00:00.9').status).toBe('passed');
    expect(judge(toAnLsn, '12:00:01.1').status).toBe('skipped');
  });

  test('says what it is compared with', () => {
    expect(words(toAnLsn)).toBe('a beat at most 2m 00s before the point where recovery stopped, and none after it');
    expect(words(recoveredTo({ toTheEnd: false, lastCommitAt: null }))).toContain('the end of the backup');
    expect(words(toATime)).toContain('the target');
  });
});

const PLAN = 'name: orders\nsource: { stanza: main }\nchecks:\n';

describe('in a plan', () => {
  test('has the table of drill init, a beat a minute, and nothing to hide', () => {
    expect(planOf(`${PLAN}  - { name: beats, heartbeat: {} }`).checks[0]).toMatchObject({
      kind: 'heartbeat',
      redact: false,
      heartbeat: { table: 'pgdrill.heartbeat', column: 'at', every: MINUTE },
    });
  });

  test.each(['pgdrill.heartbeat; drop table x', 'a b', '"a""; drop', 'a.b.c', '(select 1)', '1a'])(
    'refuses the table %j',
    (table) => {
      expect(problemsOf(`${PLAN}  - { name: b, heartbeat: { table: ${JSON.stringify(table)} } }`)).toHaveLength(1);
    },
  );

  test.each(['"Beats"', 'ops."My ""Beats"""', 'Ops.b$1'])('takes the table %s', (table) => {
    expect(problemsOf(`${PLAN}  - { name: b, heartbeat: { table: ${JSON.stringify(table)} } }`)).toEqual([]);
  });

  test.each(['0s', '900ms', '2d'])('refuses a beat every %s', (every) => {
    expect(problemsOf(`${PLAN}  - { name: b, heartbeat: { every: ${every} } }`)).toHaveLength(1);
  });
});
