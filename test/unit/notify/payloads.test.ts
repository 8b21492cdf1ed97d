import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { deliver } from '../../../src/notify/send.ts';
import { channelFor, sampleMessage, servicesWith } from '../../fixtures/notify.ts';
import { startService } from '../../fixtures/service.ts';

const jsonOf = (body: string | undefined): unknown => JSON.parse(body ?? 'null');

test('Slack: text and blocks, in which nothing is a command', async () => {
  const slack = await startService({ body: 'ok' });
  const message = sampleMessage({ title: 'FAILED: a & <!channel>', lines: ['one <b>', 'two'] });
  const env = { SLACK_URL: `${slack.url}/services/T0/B0/verysecret` };
  const sent = await deliver(message, channelFor({ slack: { url: 'env:SLACK_URL' } }), servicesWith(env));
  expect(sent).toEqual({ sent: true, answer: 'ok', attempts: 1 });
  expect(slack.received).toMatchObject([
    { method: 'POST', path: '/services/T0/B0/verysecret', headers: { 'content-type': 'application/json' } },
  ]);
  expect(jsonOf(slack.received[0]?.body)).toEqual({
    text: '❌ FAILED: a &amp; &lt;!channel&gt;',
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: '❌ FAILED: a & <!channel>', emoji: true } },
      { type: 'section', text: { type: 'mrkdwn', text: 'one &lt;b&gt;\ntwo', verbatim: true } },
    ],
  });
});

test('Slack: a long text is cut to what a block may hold', async () => {
  const slack = await startService();
  const message = sampleMessage({ title: 'ü'.repeat(400), lines: ['&'.repeat(4000)] });
  await deliver(message, channelFor({ slack: { url: 'env:U' } }), servicesWith({ U: slack.url }));
  const { blocks } = jsonOf(slack.received[0]?.body) as { blocks: { text: { text: string } }[] };
  expect(blocks.map(({ text }) => text.text.length <= (text.text.startsWith('❌') ? 150 : 3000))).toEqual([true, true]);
  expect(blocks.every(({ text }) => text.text.endsWith('…'))).toBe(true);
});

test('ntfy: JSON at the root of the server, with a token', async () => {
  const ntfy = await startService({ body: '{"id":"x"}' });
  const written = { ntfy: { topic: 'backups', server: ntfy.url, token: 'env:TOKEN' } };
  await deliver(sampleMessage(), channelFor(written), servicesWith({ TOKEN: 'tk_verysecret' }));
  expect(ntfy.received).toMatchObject([{ path: '/', headers: { authorization: 'Bearer tk_verysecret' } }]);
  expect(jsonOf(ntfy.received[0]?.body)).toEqual({
    topic: 'backups',
    title: 'FAILED: orders (wal-missing)',
    message: sampleMessage().lines.join('\n'),
    tags: ['rotating_light'],
    priority: 4,
  });
});

test('ntfy: a topic that is a secret, and a message of at most 4,096 bytes', async () => {
  const ntfy = await startService();
  const written = { ntfy: { topic: 'env:TOPIC', server: ntfy.url } };
  const message = sampleMessage({ tone: 'good', lines: ['€'.repeat(3000)] });
  await deliver(message, channelFor(written), servicesWith({ TOPIC: 'a-secret-topic' }));
  const body = jsonOf(ntfy.received[0]?.body) as { message: string };
  expect(body).toMatchObject({ topic: 'a-secret-topic', tags: ['white_check_mark'], priority: 3 });
  expect(Buffer.byteLength(body.message)).toBeLessThanOrEqual(4096);
});

test('Healthchecks: start, exit status and log of one run have one rid', async () => {
  const hc = await startService({ body: 'OK' });
  const channel = channelFor({ healthchecks: { url: 'env:HC' } });
  const services = servicesWith({ HC: `${hc.url}/ping/5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278` });
  const message = sampleMessage();
  for (const about of ['begun', 'run', 'test'] as const) await deliver({ ...message, about }, channel, services);
  const ping = '/ping/5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278';
  expect(hc.received.map(({ path }) => path)).toEqual(
    ['start', '1', 'log'].map((end) => `${ping}/${end}?rid=${message.id}`),
  );
  expect(hc.received.map(({ method }) => method)).toEqual(['POST', 'POST', 'POST']);
  expect(hc.received[0]?.body).toBe('');
  expect(hc.received[1]?.body).toBe([message.title, ...message.lines, '', ...message.log].join('\n'));
});

test.each(['OK (not found)', 'OK (rate limited)'])('Healthchecks: %s with status 200 is no success', async (body) => {
  const hc = await startService({ body });
  const delivery = await deliver(
    sampleMessage(),
    channelFor({ healthchecks: { url: 'env:HC' } }),
    servicesWith({ HC: hc.url }),
  );
  expect(delivery).toEqual({ sent: false, answer: `it answered ${body}, and took no notice`, attempts: 1 });
});

test('Telegram: how long to wait stands in the answer', async () => {
  const body = '{"ok":false,"error_code":429,"parameters":{"retry_after":3600}}';
  const telegram = await startService({ status: 429, body });
  const written = { telegram: { token: 'env:T', chat: '@drills', server: telegram.url } };
  const { answer, attempts } = await deliver(
    sampleMessage(),
    channelFor(written),
    servicesWith({ T: '123:verysecret' }),
  );
  expect({ answer, attempts }).toEqual({ answer: `it answered 429: ${body}; it asks to wait 3600 s`, attempts: 1 });
});

test('Telegram: plain text by the bot API', async () => {
  const telegram = await startService({ body: '{"ok":true}' });
  const written = { telegram: { token: 'env:T', chat: -1001234567890, server: telegram.url } };
  await deliver(sampleMessage({ lines: ['*x*'] }), channelFor(written), servicesWith({ T: '123:verysecret' }));
  expect(telegram.received.map(({ path }) => path)).toEqual(['/bot123:verysecret/sendMessage']);
  expect(jsonOf(telegram.received[0]?.body)).toEqual({
    chat_id: -1001234567890,
    text: '❌ FAILED: orders (wal-missing)\n*x*',
    link_preview_options: { is_disabled: true },
  });
});

test.each([
  ['of the standard', 'whsec_c2VjcmV0LW9mLXRoZS13ZWJob29rLXNlcnZlcg==', Buffer.from('secret-of-the-webhook-server')],
  ['of any other form', 'just a long secret', Buffer.from('just a long secret')],
])('a webhook is signed with a secret %s', async (_, secret, key) => {
  const hook = await startService({ status: 204 });
  const written = { webhook: { url: `${hook.url}/drills`, secret: 'env:S' } };
  const message = sampleMessage();
  const { sent, answer } = await deliver(message, channelFor(written), servicesWith({ S: secret }));
  expect({ sent, answer }).toEqual({ sent: true, answer: 'status 204' });
  const { headers, body = '' } = hook.received[0] ?? {};
  const timestamp = String(Date.parse('2026-11-21T03:12:44Z') / 1000);
  const signature = createHmac('sha256', key).update(`${message.id}.${timestamp}.${body}`).digest('base64');
  expect(headers).toMatchObject({
    'webhook-id': message.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  });
  expect(jsonOf(body)).toMatchObject({
    type: 'drill.run',
    timestamp: message.at,
    data: { drill: 'orders', state: 'failed', exitStatus: 1, report: { verdict: 'failed' } },
  });
});

test('a webhook that is not signed, at an address with a login', async () => {
  const hook = await startService();
  const services = servicesWith({ U: hook.url.replace('http://', 'http://drills:p%40ssword@') });
  await deliver(sampleMessage(), channelFor({ webhook: { url: 'env:U' } }), services);
  const { headers } = hook.received[0] ?? {};
  expect(headers?.authorization).toBe(`Basic ${Buffer.from('drills:p@ssword').toString('base64')}`);
  expect(headers).not.toHaveProperty('webhook-signature');
});
