import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { describe, expect, onTestFinished, test } from 'vitest';
import { deliver, send } from '../../../src/notify/send.ts';
import type { Delivery } from '../../../src/notify/sending/tries.ts';
import { selfSigned } from '../../fixtures/service.ts';
import { channelFor, channelsFor, sampleMessage, servicesWith, SHORT_WAITS } from '../../fixtures/notify.ts';
import { temporaryDirectory } from '../../fixtures/plans.ts';
import { until } from '../../fixtures/until.ts';

interface Mail {
  readonly from: string;
  readonly to: string[];
  readonly user: string | undefined;
  readonly isSafe: boolean;
  readonly text: string;
}

/** An SMTP server, which ends with the test. */
async function startSmtp(options: SMTPServerOptions = {}): Promise<{ port: number; mails: Mail[] }> {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onAuth: ({ username, password }, _, done) =>
      password === 'verysecret' ? done(null, { user: username }) : done(new Error('wrong password')),
    onData: (stream, { envelope, user, secure }, done) => {
      const pieces: Buffer[] = [];
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('end', () => {
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
        const text = Buffer.concat(pieces).toString('utf8');
        mails.push({ from, to: envelope.rcptTo.map(({ address }) => address), user, isSafe: secure, text });
        done();
      });
    },
    ...options,
  });
  // What a client thinks of the certificate is its own affair.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(resolve)));
  return { port: (server.server.address() as AddressInfo).port, mails };
}

function mail(port: number, changes: object = {}, message = sampleMessage()): Promise<Delivery> {
  const email = { to: 'ops@example.org', from: 'drills@example.org', server: '127.0.0.1', port, ...changes };
  const services = servicesWith(
    { PASSWORD: 'verysecret', WRONG: 'verywrong' },
    { patience: { ...SHORT_WAITS, tries: 2 } },
  );
  return deliver(message, channelFor({ email }), services);
}

test('a mail to several people, with an id of its own', async () => {
  const { port, mails } = await startSmtp();
  const message = sampleMessage({ lines: ['RTO 1.8 s, promised 1m: met', '.', 'Grüße'] });
  const sent = await mail(port, { to: ['ops@example.org', 'dba@example.org'] }, message);
  expect(sent).toMatchObject({ sent: true, attempts: 1, answer: expect.stringMatching(/^250/) as unknown });
  expect(mails).toMatchObject([{ from: 'drills@example.org', to: ['ops@example.org', 'dba@example.org'] }]);
  const { text = '' } = mails[0] ?? {};
  for (const header of [
    'From: drills@example.org',
    'Subject: FAILED: orders (wal-missing)',
    `Message-ID: <${message.id}.run@example.org>`,
    'Auto-Submitted: auto-generated',
  ])
    expect(text).toContain(`${header}\r\n`);
  expect(text).toContain('RTO 1.8 s, promised 1m: met\r\n.\r\nGr=C3=BC=C3=9Fe');
});

test('with a login', async () => {
  const { port, mails } = await startSmtp();
  const sent = await mail(port, { user: 'drills', password: 'env:PASSWORD' });
  expect(sent.sent).toBe(true);
  expect(mails.map(({ user }) => user)).toEqual(['drills']);
});

describe('what does not get through', () => {
  test('a password that is wrong is told once, and not shown', async () => {
    const { port, mails } = await startSmtp();
    const { sent, answer, attempts } = await mail(port, { user: 'drills', password: 'env:WRONG' });
    expect({ sent, attempts }).toEqual({ sent: false, attempts: 1 });
    expect(answer).toMatch(/^127\.0\.0\.1: Invalid login: 535/);
    expect(answer).not.toMatch(/verywrong|dmVyeXdyb25n/);
    expect(mails).toEqual([]);
  });

  test.each([
    [450, 2],
    [550, 1],
  ])('a refusal by %d is tried %d times', async (responseCode, attempts) => {
    const { port } = await startSmtp({
      onRcptTo: (_, __, done) => done(Object.assign(new Error('no mail for you'), { responseCode })),
    });
    expect(await mail(port)).toMatchObject({
      sent: false,
      attempts,
      answer: expect.stringContaining('no mail for you') as unknown,
    });
  });

  test('a mail that is not taken for one of two people', async () => {
    const { port, mails } = await startSmtp({
      onRcptTo: ({ address }, _, done) => done(address.startsWith('dba') ? new Error('who is that') : null),
    });
    const sent = await mail(port, { to: ['ops@example.org', 'dba@example.org'] });
    const answer = '127.0.0.1 does not take mail for dba@example.org';
    expect(sent).toEqual({ sent: false, inPart: true, attempts: 1, answer });
    expect(mails.map(({ to }) => to)).toEqual([['ops@example.org']]);
  });

  test('a server without STARTTLS where it is asked for: nothing is sent in the clear', async () => {
    const { port, mails } = await startSmtp();
    const sent = await mail(port, { security: 'starttls', user: 'drills', password: 'env:PASSWORD' });
    expect(sent).toMatchObject({ sent: false, attempts: 1 });
    expect(mails).toEqual([]);
  });

  test('STARTTLS with a certificate that nobody trusts', async () => {
    const { port, mails } = await startSmtp({ disabledCommands: [], ...selfSigned() });
    const sent = await mail(port, { security: 'starttls' });
    expect(sent).toMatchObject({ sent: false, answer: expect.stringMatching(/certificate/) as unknown });
    expect(mails).toEqual([]);
  });

  test('a server that says nothing', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void silent.close());
    const { port } = silent.address() as AddressInfo;
    const email = { to: 'ops@example.org', from: 'drills@example.org', server: '127.0.0.1', port };
    const patience = { tryMs: 200, totalMs: 60_000, tries: 2, firstWaitMs: 1 };
    const sent = await deliver(sampleMessage(), channelFor({ email }), servicesWith({}, { patience }));
    expect(sent).toMatchObject({ sent: false, attempts: 2 });
  });

  test('Ctrl-C ends the connection as well: what is told as not sent is not sent a moment later', async () => {
    const end = new AbortController();
    const sockets = new Set<unknown>();
    const slow = createServer((socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.once('data', () => end.abort());
      socket.write('220 slow\r\n');
    });
    await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void slow.close());
    const { port } = slow.address() as AddressInfo;
    const email = { to: 'ops@example.org', from: 'drills@example.org', server: '127.0.0.1', port };
    const sent = await deliver(sampleMessage(), channelFor({ email }), servicesWith({}, { signal: end.signal }));
    expect(sent).toEqual({ sent: false, answer: 'it was interrupted', attempts: 1 });
    await until('the connection is gone', () => sockets.size === 0);
  });
});

test('what some of its people have is not kept to be sent to them again', async () => {
  const { port, mails } = await startSmtp({
    onRcptTo: ({ address }, _, done) => done(address.startsWith('dba') ? new Error('who is that') : null),
  });
  const to = ['ops@example.org', 'dba@example.org'];
  const channels = channelsFor([{ email: { to, from: 'drills@example.org', server: '127.0.0.1', port } }]);
  const reports = temporaryDirectory();
  const told = await send({ message: sampleMessage(), to: channels, channels, reports }, servicesWith());
  expect(told).toMatchObject([{ sent: false, kept: false, reason: expect.stringContaining('dba@') as unknown }]);
  expect(await send({ message: null, to: [], channels, reports }, servicesWith())).toEqual([]);
  expect(mails).toHaveLength(1);
});
