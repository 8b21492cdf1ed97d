import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Channel } from '../../../src/notify/channel.ts';
import type { Message } from '../../../src/notify/message.ts';
import { Outbox } from '../../../src/notify/outbox.ts';
import { send, type Notification, type SendServices } from '../../../src/notify/send.ts';
import { channelsFor, sampleMessage, servicesWith } from '../../fixtures/notify.ts';
import { temporaryDirectory } from '../../fixtures/plans.ts';
import { startService, type Service } from '../../fixtures/service.ts';
import { until } from '../../fixtures/until.ts';

const OUTBOX = '.notify-outbox.json';
const DAY_MS = 86_400_000;

/** Two channels, a directory of reports, and what is sent there. */
async function place(env: NodeJS.ProcessEnv = {}) {
  const [slack, hook] = [await startService(), await startService()];
  const reports = join(temporaryDirectory(), 'reports');
  const channels = channelsFor([{ slack: { url: 'env:SLACK' } }, { webhook: { url: `${hook.url}/x` } }]);
  const sending = (message: Message | null, changes: Partial<SendServices> = {}, to: readonly Channel[] = channels) =>
    send({ message, to, channels, reports }, servicesWith({ SLACK: `${slack.url}/verysecret`, ...env }, changes));
  return { slack, hook, reports, channels, sending };
}

const titlesIn = ({ received }: Service): string[] =>
  received.map(({ body }) => (JSON.parse(body) as { text: string }).text.replace(/^\S+ /, ''));

function kept(reports: string): { items: { name: string; message: Message; claimedAt: string | null }[] } {
  return JSON.parse(readFileSync(join(reports, OUTBOX), 'utf8')) as ReturnType<typeof kept>;
}

const ofChannel = (told: readonly Notification[], name: string): Notification[] =>
  told.filter((one) => one.name === name);

const one = (title: string) => ({ channel: 'c', name: 'slack', message: sampleMessage({ title }) });

test('what gets through leaves nothing behind', async () => {
  const { reports, sending } = await place();
  const told = await sending(sampleMessage());
  expect(told).toEqual([
    { channel: 'slack', name: 'slack', sent: true, reason: null, attempts: 1, late: null, kept: false },
    { channel: 'webhook', name: 'webhook', sent: true, reason: null, attempts: 1, late: null, kept: false },
  ]);
  expect(existsSync(reports)).toBe(false);
});

test('what does not get through is kept, and sent by the next run, once', async () => {
  const { slack, hook, reports, sending } = await place();
  slack.answers = [{ status: 404, body: 'no_service' }];
  const first = sampleMessage({ title: 'FAILED: first' });
  expect(ofChannel(await sending(first), 'slack')).toEqual([
    {
      channel: 'slack',
      name: 'slack',
      sent: false,
      reason: 'it answered 404: no_service',
      attempts: 1,
      late: null,
      kept: true,
    },
  ]);
  expect(statSync(join(reports, OUTBOX)).mode & 0o777).toBe(0o600);
  expect(kept(reports).items).toMatchObject([{ name: 'slack', message: { title: 'FAILED: first' } }]);
  expect(readFileSync(join(reports, OUTBOX), 'utf8')).not.toContain('verysecret');

  slack.answers = [{ body: 'ok' }];
  slack.received.length = 0;
  const told = await sending(sampleMessage({ title: 'FAILED: second' }));
  expect(ofChannel(told, 'slack')).toMatchObject([
    { sent: true, late: null },
    { sent: true, late: first.at, kept: false },
  ]);
  expect(titlesIn(slack)).toEqual(['FAILED: second', '(late) FAILED: first']);
  expect(slack.received[1]?.body).toContain('Sent late: when it happened, at 2026-11-21 03:12 UTC, this could not be');
  expect(hook.received).toHaveLength(2);
  expect(kept(reports).items).toEqual([]);
  expect(ofChannel(await sending(null), 'slack')).toEqual([]);
});

test('a channel that is dead is tried once a run, however much is kept for it', async () => {
  const { slack, reports, sending } = await place();
  slack.answers = [{ status: 404 }];
  for (const title of ['one', 'two', 'three']) await sending(sampleMessage({ title }));
  expect(slack.received).toHaveLength(3);
  expect(kept(reports).items.map(({ message, claimedAt }) => [message.title, claimedAt])).toEqual([
    ['one', null],
    ['two', null],
    ['three', null],
  ]);
});

test('a message that is refused for what it is does not hold up the others', async () => {
  const { slack, reports, sending } = await place();
  slack.answers = [{ status: 404 }];
  for (const title of ['odd', 'two', 'three']) await sending(sampleMessage({ title }));
  slack.answers = [{ status: 400, body: 'invalid_payload' }, { body: 'ok' }];
  const told = await sending(null);
  expect(told.map(({ sent, kept: isKept }) => [sent, isKept])).toEqual([
    [false, true],
    [true, false],
    [true, false],
  ]);
  expect(kept(reports).items.map(({ message }) => message.title)).toEqual(['odd']);
});

test('of two programs that send what is kept at one time, each message is sent by one', async () => {
  const { slack, reports, sending } = await place();
  slack.answers = [{ status: 404 }];
  for (const title of ['one', 'two', 'three']) await sending(sampleMessage({ title }));
  slack.answers = [{ body: 'ok' }];
  slack.received.length = 0;
  const told = await Promise.all([sending(null), sending(null)]);
  expect(told.flat()).toHaveLength(3);
  expect(titlesIn(slack).toSorted()).toEqual(['(late) one', '(late) three', '(late) two']);
  expect(kept(reports).items).toEqual([]);
});

test('what somebody took and died with is sent after five minutes', async () => {
  const { slack, reports, channels, sending } = await place();
  slack.answers = [{ status: 404 }];
  await sending(sampleMessage({ title: 'one' }));
  slack.answers = [{ body: 'ok' }];
  const ids = channels.map(({ id }) => id);
  const now = new Date('2026-11-21T04:00:00Z');
  const later = (ms: number): Date => new Date(now.getTime() + ms);
  expect((await new Outbox(reports).claim({ channels: ids, isAskedFor: false }, now)).late).toHaveLength(1);
  expect(await sending(null, { now: () => later(240_000) })).toEqual([]);
  expect(await sending(null, { now: () => later(301_000) })).toMatchObject([{ sent: true }]);
});

test('what is sent late in vain is left alone for longer and longer, though a monitor asks every five minutes', async () => {
  const { slack, sending } = await place();
  slack.answers = [{ status: 404 }];
  await sending(sampleMessage());
  slack.received.length = 0;
  const startMs = Date.parse('2026-11-21T04:00:00Z');
  const asked: number[] = [];
  for (let minutes = 0; minutes < 24 * 60; minutes += 5) {
    const before = slack.received.length;
    // A run that passes has nothing to say to this channel.
    await sending(sampleMessage(), { now: () => new Date(startMs + minutes * 60_000) }, []);
    if (slack.received.length > before) asked.push(minutes);
  }
  expect(asked).toEqual([0, 5, 25, 70, 150, 275, 455, 700, 1020, 1425]);
  expect(await sending(null)).toHaveLength(1);
});

test('what is older than two months is given up, and that is said', async () => {
  const { slack, reports, sending } = await place();
  slack.answers = [{ status: 404 }];
  const message = sampleMessage();
  await sending(message);
  const now = (): Date => new Date(Date.parse(message.at) + 63 * DAY_MS);
  expect(await sending(null, { now })).toEqual([
    {
      channel: 'slack',
      name: 'slack',
      sent: false,
      reason: 'it could not be delivered in two months, and is given up',
      attempts: 0,
      late: message.at,
      kept: false,
    },
  ]);
  expect(kept(reports).items).toEqual([]);
});

test('no more than fifty are kept: the oldest goes, and that is said', async () => {
  const { reports } = await place();
  const outbox = new Outbox(reports);
  const now = new Date('2026-11-21T04:00:00Z');
  const fifty = Array.from({ length: 50 }, (_, index) => one(`number ${index}`));
  expect(await outbox.settle([], fifty, now)).toEqual([]);
  const dropped = await outbox.settle([], [one('the last')], now);
  expect(dropped.map(({ message }) => message.title)).toEqual(['number 0']);
  expect(kept(reports).items).toHaveLength(50);
});

test('whoever changes the file can send nothing elsewhere: an item of no channel of the plan stays where it is', async () => {
  const { slack, reports, sending } = await place();
  slack.answers = [{ status: 404 }];
  await sending(sampleMessage());
  const changed = readFileSync(join(reports, OUTBOX), 'utf8').replace(/"channel":"[0-9a-f]+"/, '"channel":"other"');
  writeFileSync(join(reports, OUTBOX), changed);
  slack.received.length = 0;
  expect(await sending(null)).toEqual([]);
  expect(slack.received).toEqual([]);
});

test('a file that is none counts as nothing', async () => {
  const { slack, reports, sending } = await place();
  slack.answers = [{ status: 404 }];
  await sending(sampleMessage());
  writeFileSync(join(reports, OUTBOX), '{"v":1,"items":[{"chan');
  expect(await sending(sampleMessage())).toMatchObject([{ kept: true }, { sent: true }]);
  expect(kept(reports).items).toHaveLength(1);
});

test.each([
  ['a pipe', (file: string) => execFileSync('mkfifo', [file])],
  ['a link', (file: string) => symlinkSync('/etc/passwd', file)],
  ['a directory', (file: string) => mkdirSync(file)],
])('%s in its place holds nobody up', async (_, put) => {
  const { slack, reports, sending } = await place();
  mkdirSync(reports);
  put(join(reports, OUTBOX));
  slack.answers = [{ status: 404 }];
  expect(ofChannel(await sending(sampleMessage()), 'slack')).toMatchObject([{ sent: false }]);
  expect(readFileSync('/etc/passwd', 'utf8')).toContain('root');
});

test('what cannot be kept is told as lost', async () => {
  const { slack, reports, sending } = await place();
  slack.answers = [{ status: 404 }];
  writeFileSync(reports, 'a file where the directory should be');
  expect(ofChannel(await sending(sampleMessage()), 'slack')).toMatchObject([
    { sent: false, kept: false, reason: expect.stringMatching(/^it answered 404; it could not be kept: /) as unknown },
  ]);
});

describe('Ctrl-C', () => {
  test('ends it at once; what is not sent by then is kept', async () => {
    const { slack, hook, reports, sending } = await place();
    slack.answers = [{ hangs: true }];
    const end = new AbortController();
    const told = sending(sampleMessage(), { signal: end.signal });
    await until('both were asked', () => slack.received.length + hook.received.length === 2);
    await until('one has answered', () => hook.received.length === 1);
    end.abort();
    expect(ofChannel(await told, 'slack')).toMatchObject([{ sent: false, reason: 'it was interrupted', kept: true }]);
    expect(kept(reports).items.map(({ name }) => name)).toContain('slack');
  });
});
