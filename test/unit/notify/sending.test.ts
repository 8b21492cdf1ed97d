import { describe, expect, test } from 'vitest';
import { Redactor } from '../../../src/core/redact.ts';
import { deliver, type SendServices } from '../../../src/notify/send.ts';
import { retryAfterMs } from '../../../src/notify/sending/post.ts';
import type { Delivery } from '../../../src/notify/sending/tries.ts';
import { channelFor, sampleMessage, servicesWith, SHORT_WAITS } from '../../fixtures/notify.ts';
import { startService, startTlsService } from '../../fixtures/service.ts';
import { until } from '../../fixtures/until.ts';

const SECRET = '/services/T0/B0/verysecret';

function post(url: string, changes: Partial<SendServices> = {}): Promise<Delivery> {
  const channel = channelFor({ slack: { url: 'env:URL' } });
  return deliver(sampleMessage(), channel, servicesWith({ URL: url + SECRET }, changes));
}

describe('what passes is tried again', () => {
  test.each([500, 502, 503, 408])('%d, and then it is taken', async (status) => {
    const service = await startService({ status }, { status }, { body: 'ok' });
    expect(await post(service.url)).toEqual({ sent: true, answer: 'ok', attempts: 3 });
    expect(service.received).toHaveLength(3);
  });

  test('429 with Retry-After: it waits as long as it is asked to', async () => {
    const service = await startService({ status: 429, headers: { 'retry-after': '0.001' } }, { body: 'ok' });
    expect(await post(service.url)).toMatchObject({ sent: true, attempts: 2 });
  });

  test('429 that asks for more time than there is: it is not waited for', async () => {
    const service = await startService({ status: 429, headers: { 'retry-after': '3600' }, body: 'slow down' });
    expect(await post(service.url)).toEqual({
      sent: false,
      answer: 'it answered 429: slow down; it asks to wait 3600 s',
      attempts: 1,
    });
  });

  test('a server that stays broken', async () => {
    const service = await startService({ status: 500, body: 'broken\n  <b>' });
    expect(await post(service.url)).toEqual({ sent: false, answer: 'it answered 500: broken <b>', attempts: 3 });
  });

  test('a server that hangs', async () => {
    const service = await startService({ hangs: true });
    const patience = { tryMs: 200, totalMs: 60_000, tries: 2, firstWaitMs: 1 };
    expect(await post(service.url, { patience })).toEqual({
      sent: false,
      answer: '127.0.0.1 gave no answer in time',
      attempts: 2,
    });
  });

  test('all tries together end in time', async () => {
    const service = await startService({ hangs: true });
    const patience = { tryMs: 60_000, totalMs: 200, tries: 9, firstWaitMs: 1 };
    expect(await post(service.url, { patience })).toMatchObject({ sent: false, attempts: 1 });
  });

  test('a port where nobody listens, and a name that nobody has', async () => {
    const patience = { ...SHORT_WAITS, tries: 2 };
    expect(await post('http://127.0.0.1:2', { patience })).toEqual({
      sent: false,
      answer: '127.0.0.1 cannot be reached (ECONNREFUSED)',
      attempts: 2,
    });
    const { answer, attempts } = await post('http://nobody.invalid', { patience });
    expect({ answer, attempts }).toEqual({
      answer: expect.stringMatching(/^nobody\.invalid cannot be reached \((ENOTFOUND|EAI_AGAIN)\)$/) as unknown,
      attempts: 2,
    });
  });
});

describe('what does not pass is not tried again', () => {
  test.each([
    [404, 'no_service'],
    [400, 'invalid_payload'],
    [403, ''],
  ])('%d %s', async (status, body) => {
    const service = await startService({ status, body });
    const answer = `it answered ${status}${body === '' ? '' : `: ${body}`}`;
    expect(await post(service.url)).toEqual({ sent: false, answer, attempts: 1 });
  });

  test.each([301, 302, 307, 308])('a redirection (%d) is not followed: nobody else gets the secret', async (status) => {
    const other = await startService();
    const service = await startService({ status, headers: { location: other.url } });
    const answer = `it answered with a redirection (${status}), which is not followed`;
    expect(await post(service.url)).toEqual({ sent: false, answer, attempts: 1 });
    expect(other.received).toEqual([]);
  });

  test.each([
    ['slack', { url: 'env:URL' }],
    ['healthchecks', { url: 'env:URL' }],
  ])('a page with status 200 in place of %s: a proxy took the message', async (kind, block) => {
    const service = await startService({ body: '\n<!DOCTYPE html><title>Log in</title>' });
    const delivery = await deliver(
      sampleMessage(),
      channelFor({ [kind]: block }),
      servicesWith({ URL: service.url + SECRET }),
    );
    expect(delivery).toEqual({
      sent: false,
      answer: 'it answered with a page, as a proxy or a login does, and not as the service',
      attempts: 1,
    });
  });

  test('a certificate that nobody trusts', async () => {
    const service = await startTlsService();
    expect(await post(service.url)).toEqual({
      sent: false,
      answer: 'the certificate of 127.0.0.1 is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)',
      attempts: 1,
    });
    expect(service.received).toEqual([]);
  });

  test('what is no address', async () => {
    const services = servicesWith({ URL: 'ftp://verysecret.example.org' });
    const delivery = await deliver(sampleMessage(), channelFor({ slack: { url: 'env:URL' } }), services);
    expect(delivery).toEqual({
      sent: false,
      answer: 'the variable URL is no address that begins with https:// or http://',
      attempts: 0,
    });
  });
});

test('of an answer only the beginning is read, and less is shown', async () => {
  const service = await startService({ status: 400, body: 'x'.repeat(10_000_000) });
  const { answer } = await post(service.url);
  expect(answer).toBe(`it answered 400: ${'x'.repeat(202)}…`);
});

test('a service that says the secret back', async () => {
  const service = await startService({ status: 404, body: `no such hook: ${SECRET}` });
  const { answer } = await post(service.url);
  expect(answer).toBe('it answered 404: no such hook: [redacted]');
});

test.each([0, 1, 2])('however much it says before: no part of the secret is shown (%d)', async (step) => {
  const service = await startService({ status: 404, body: `${'x '.repeat(90 + step * 4)}${SECRET}` });
  const { answer } = await post(service.url);
  expect(answer).not.toContain('/services');
  expect(answer).not.toContain('T0');
});

test.each([
  ['a password that is percent-encoded', 'http://drills:p%40ss%2Fw0@HOST/x', 'p@ss/w0'],
  ['a short password', 'http://drills:hunt2r@HOST/x', 'hunt2r'],
  ['the login as the header has it', 'http://drills:p%40ss%2Fw0@HOST/x', btoa('drills:p@ss/w0')],
  [
    'a part of the path',
    'http://HOST/ping/6b1f2c3d-4e5f-6071-8293-a4b5c6d7e8f9',
    '6b1f2c3d-4e5f-6071-8293-a4b5c6d7e8f9',
  ],
  ['a value of the query', 'http://HOST/x?key=s3cretkey&a=1', 's3cretkey'],
])('a service that says %s', async (_, address, said) => {
  const service = await startService({ status: 403, body: `who is ${said}?` });
  const services = servicesWith({ URL: address.replace('HOST', new URL(service.url).host) });
  const { answer } = await deliver(sampleMessage(), channelFor({ slack: { url: 'env:URL' } }), services);
  expect(answer).toBe('it answered 403: who is [redacted]?');
});

test('a message that holds the secret of its channel', async () => {
  const service = await startService();
  const message = sampleMessage({ lines: [`the hook is ${service.url}${SECRET}`] });
  const services = servicesWith({ URL: service.url + SECRET }, { redactor: new Redactor() });
  await deliver(message, channelFor({ slack: { url: 'env:URL' } }), services);
  expect(service.received[0]?.body).toContain('the hook is [redacted]');
  expect(service.received[0]?.body).not.toContain('verysecret');
});

test('Ctrl-C ends it at once', async () => {
  const service = await startService({ hangs: true });
  const end = new AbortController();
  const sending = post(service.url, { signal: end.signal });
  await until('the service was asked', () => service.received.length > 0);
  end.abort();
  expect(await sending).toEqual({ sent: false, answer: 'it was interrupted', attempts: 1 });
});

test.each([
  [null, null],
  ['120', 120_000],
  ['1.5', 1500],
  ['Sat, 21 Nov 2026 03:00:30 GMT', 30_000],
  ['Sat, 21 Nov 2026 02:00:00 GMT', 0],
  ['soon', null],
])('Retry-After: %s', (value, ms) => {
  expect(retryAfterMs(value, Date.parse('2026-11-21T03:00:00Z'))).toBe(ms);
});
