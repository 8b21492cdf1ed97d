import { rmSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkUpOf } from '../../../src/check-up/build-document.ts';
import { finding } from '../../../src/check-up/finding-codes.ts';
import { checkAlarm, overdueAlarm } from '../../../src/cli/notify/alarms.ts';
import { tellAlarm, type Alarm } from '../../../src/notify/alarm.ts';
import { LOOKED_AT, promises, repositoryFacts, stanzaFacts } from '../../fixtures/check-up.ts';
import { channelsFor, servicesWith } from '../../fixtures/notify.ts';
import { temporaryDirectory } from '../../fixtures/plans.ts';
import { startService, type Service } from '../../fixtures/service.ts';

const HOUR_MS = 3_600_000;
const NOBODY = { notify: [], reports: '/reports' };

const fine = checkUpOf(stanzaFacts(), promises({ backupAgeMs: 26 * HOUR_MS }), { name: 'orders', durationMs: 1 });
const old = checkUpOf(stanzaFacts(), promises({ backupAgeMs: HOUR_MS }), { name: 'orders', durationMs: 1 });

describe('what a check-up found', () => {
  test('a backup that is too old', () => {
    const { key, found, message } = checkAlarm(old, NOBODY, []);
    expect({ key, found }).toEqual({ key: 'check/orders', found: { isBad: true, what: 'backup-too-old@1' } });
    expect(message).toMatchObject({
      about: 'check',
      state: 'critical',
      tone: 'bad',
      title: 'CRITICAL: orders (backup-too-old)',
      exitStatus: 1,
    });
    expect(message.lines.slice(0, 2)).toEqual([
      'backup-too-old (critical, repository 1): The newest backup is older than objectives.backupAge.',
      'Repository 1: the newest backup is 10h 00m old, promised 1h',
    ]);
  });

  test('a repository of which nothing is known', () => {
    const fault = { code: 'repo-unreadable', message: 'a | b', hint: null } as const;
    const facts = stanzaFacts({ repositories: [repositoryFacts({ clusters: [], fault })] });
    const unknown = checkUpOf(facts, promises(), { name: 'orders', durationMs: 1 });
    const { found, message } = checkAlarm(unknown, NOBODY, []);
    expect(found).toEqual({ isBad: true, what: 'repo-unreadable@1' });
    expect(message).toMatchObject({ state: 'unknown', tone: 'warning', exitStatus: 3 });
    expect(JSON.stringify(message)).not.toContain('a | b');
  });

  test('a warning is told along, and is no alarm', () => {
    const findings = [finding('other-branch', 1, 'x', null)];
    const warned = { ...fine, findings, level: 'warning' as const };
    const { found, message } = checkAlarm(warned, NOBODY, []);
    expect(found).toEqual({ isBad: false, what: '' });
    expect(message.exitStatus).toBe(0);
    expect(message.lines[0]).toMatch(/^other-branch \(warning, repository 1\): /);
  });
});

test('how a drill stands with its schedule', () => {
  const drill = {
    drill: 'orders',
    schedule: 'monthly',
    lastBegun: '2026-10-01T03:00:00.000Z',
    lastPassed: null,
    dueAt: '2026-11-01T03:00:00.000Z',
    nextDue: '2026-12-01T03:00:00.000Z',
    alarm: 'not-run',
  } as const;
  const now = new Date('2026-11-21T12:00:00Z');
  const { key, found, message } = overdueAlarm(drill, NOBODY, '1h', now);
  expect({ key, found }).toEqual({
    key: 'overdue/orders 1h',
    found: { isBad: true, what: 'not-run 2026-11-01T03:00:00.000Z' },
  });
  expect(message.title).toBe('OVERDUE: orders has not run since it was due at 2026-11-01 03:00 UTC');
  expect(message.lines).toEqual([
    'Last run: 2026-10-01 03:00 UTC. Last passed: never.',
    'Next due: 2026-12-01 03:00 UTC.',
  ]);
  const { message: inTime, endTitle } = overdueAlarm({ ...drill, alarm: null }, NOBODY, '1h', now);
  expect([inTime.title, endTitle]).toEqual(['IN TIME: orders', 'IN TIME again: orders']);
});

const titles = ({ received }: Service): string[] =>
  received.map(({ body }) => (JSON.parse(body) as { text: string }).text.replace(/^\S+ /, ''));

async function monitor(on?: readonly string[]) {
  const slack = await startService();
  const reports = temporaryDirectory();
  const written = [{ slack: { url: 'env:SLACK' }, ...(on && { on }) }, { healthchecks: { url: 'env:HC' } }];
  const notify = channelsFor(written);
  const look = (found: typeof fine, minutes: number, asked: readonly string[] = []) => {
    const alarm: Alarm = checkAlarm(found, { notify, reports }, asked);
    const now = (): Date => new Date(LOOKED_AT.getTime() + minutes * 60_000);
    return tellAlarm(alarm, servicesWith({ SLACK: slack.url }, { now }));
  };
  return { slack, look, reports };
}

describe('a monitor that looks every five minutes', () => {
  test('tells an alarm once, once a day while it stands, and its end', async () => {
    const { slack, look } = await monitor();
    for (const minutes of [0, 5]) await look(fine, minutes);
    for (const minutes of [10, 15, 20]) await look(old, minutes);
    expect(titles(slack)).toEqual(['CRITICAL: orders (backup-too-old)']);
    await look(old, 10 + 24 * 60);
    await look(old, 15 + 24 * 60);
    expect(slack.received).toHaveLength(2);
    for (const minutes of [20, 25]) await look(fine, minutes + 24 * 60);
    expect(titles(slack).slice(2)).toEqual(['OK again: orders']);
  });

  test('of two that look at one time, one speaks', async () => {
    const { slack, look } = await monitor();
    await look(fine, 0);
    await Promise.all([look(old, 5), look(old, 5), look(old, 5)]);
    expect(slack.received).toHaveLength(1);
  });

  test('that cannot write down what it said tells an alarm at each look, and why', async () => {
    const { slack, look, reports } = await monitor();
    rmSync(reports, { recursive: true });
    writeFileSync(reports, 'a file where the directory should be');
    for (const minutes of [0, 5]) await look(old, minutes);
    await look(fine, 10);
    expect(titles(slack)).toEqual(['CRITICAL: orders (backup-too-old)', 'CRITICAL: orders (backup-too-old)']);
    expect(slack.received[0]?.body).toContain('This is said at every look, since what was said before cannot be');
  });

  test('that asks for less does not end the alarm of one that asks for more', async () => {
    const { slack, look } = await monitor();
    await look(old, 0, ['verify']);
    await look(fine, 5);
    expect(titles(slack)).toEqual(['CRITICAL: orders (backup-too-old)']);
    expect(slack.received[0]?.body).toContain(', with pgbackrest verify.');
    await look(fine, 10, ['verify']);
    expect(titles(slack).slice(1)).toEqual(['OK again: orders']);
  });

  test('always is always', async () => {
    const { slack, look } = await monitor(['always']);
    for (const minutes of [0, 5, 10]) await look(fine, minutes);
    expect(titles(slack)).toEqual(['OK: orders', 'OK: orders', 'OK: orders']);
  });

  test('what did not get through is told by the next look, once', async () => {
    const { slack, look } = await monitor();
    slack.answers = [{ status: 404 }];
    expect(await look(old, 0)).toMatchObject([{ sent: false, kept: true }]);
    slack.answers = [{ body: 'ok' }];
    expect(await look(old, 5)).toMatchObject([{ sent: true, late: old.lookedAt }]);
    expect(await look(old, 10)).toEqual([]);
    expect(titles(slack).at(-1)).toBe('(late) CRITICAL: orders (backup-too-old)');
  });
});
