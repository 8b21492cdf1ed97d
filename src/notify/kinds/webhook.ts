import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { writtenAddress } from '../address.ts';
import type { Message } from '../message.ts';
import { writtenSecret } from '../secret.ts';
import { post } from '../sending/post.ts';
import { blockError, channelKind, type Address, type Means } from './kind.ts';

// https://www.standardwebhooks.com: webhook-id, webhook-timestamp (seconds), webhook-signature `v1,` and base64 of the HMAC-SHA256
// over `id.timestamp.body`. A secret `whsec_…` is base64 of the key; of any other the bytes are the key.

const block = z.strictObject(
  {
    url: z
      .union([writtenSecret, writtenAddress], {
        error: 'has to be an address without a secret in it, or env:NAME, file:/path or { command: [program, …] }',
      })
      .describe('where it is sent to; by reference where the address is a secret'),
    secret: writtenSecret.optional().describe('signs each message (Standard Webhooks), by reference'),
  },
  blockError('{ url: https://ops.example.org/drills, secret: env:WEBHOOK_SECRET }'),
);

/** Any program that takes JSON. */
export const webhook = channelKind({
  says: 'any program that takes JSON',
  block,
  words: ({ secret }) => (secret === undefined ? 'JSON, not signed' : 'JSON, signed'),
  prepare: async ({ url: written, secret }, told, means) => {
    const { url, headers } = await addressOf(written, means);
    const key = secret === undefined ? null : keyOf(await means.reveal(secret));
    const message = told();
    const body = JSON.stringify(webhookPayload(message));
    return (signal) => {
      const timestamp = String(Math.floor(means.now().getTime() / 1000));
      const signed =
        key === null ? {} : { 'webhook-signature': signatureOf(`${message.id}.${timestamp}.${body}`, key) };
      const own = { 'webhook-id': message.id, 'webhook-timestamp': timestamp, 'content-type': 'application/json' };
      return post({ url, headers: { ...headers, ...own, ...signed }, body }, signal);
    };
  },
});

/** A reference is told from an address by its first word; no address begins with `env:` or `file:`. */
async function addressOf(written: z.output<typeof block>['url'], { address }: Means): Promise<Address> {
  const isPlain = typeof written === 'string' && /^https?:/.test(written);
  return isPlain ? { url: new URL(written), headers: {} } : address(written);
}

function keyOf(secret: string): Buffer {
  return secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret);
}

function signatureOf(content: string, key: Buffer): string {
  return `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
}

function webhookPayload({ id, about, at, ...rest }: Message): object {
  const { drill, state, tone, title, lines, host, exitStatus, details } = rest;
  return {
    type: `drill.${about}`,
    timestamp: at,
    data: { id, drill, state, tone, title, lines, host, exitStatus, ...details },
  };
}
