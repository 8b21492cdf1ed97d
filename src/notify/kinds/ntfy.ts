import { z } from 'zod';
import { cutTo, textOf, type Message } from '../message.ts';
import { writtenSecret } from '../secret.ts';
import { postToService } from '../sending/post.ts';
import { plainAddress, writtenAddress } from '../address.ts';
import { blockError, channelKind } from './kind.ts';

// https://docs.ntfy.sh/publish/#publish-as-json: POST to the root of the server. A message has 4,096 bytes; longer ones become
// attachments. Priority 3 is the usual one, 4 is high.

const MESSAGE_BYTES = 4096;
const PUBLIC_SERVER = 'https://ntfy.sh';

/** What ntfy takes for a topic. */
const TOPIC = /^[-_A-Za-z0-9]{1,64}$/;

const HOW = 'has to be the topic, of letters, digits, - and _, or env:NAME, file:/path or { command: [program, …] }';

/** A topic of ntfy. */
export const ntfy = channelKind({
  says: 'a topic of ntfy',
  block: z
    .strictObject(
      {
        topic: z
          .union([writtenSecret, z.string().regex(TOPIC, HOW)], { error: HOW })
          .describe('the topic; by reference where it is the only secret'),
        server: writtenAddress.default(PUBLIC_SERVER).describe('the server'),
        token: writtenSecret.optional().describe('an access token, by reference'),
      },
      blockError('{ topic: env:NTFY_TOPIC }'),
    )
    .refine(({ topic, server, token }) => !isPlain(topic) || token !== undefined || server !== PUBLIC_SERVER, {
      path: ['topic'],
      message:
        'is the password of itself on ntfy.sh, where anybody may read it: name it by reference, such as env:NTFY_TOPIC',
    }),
  words: ({ server }) => new URL(server).host,
  prepare: async ({ topic: written, server, token }, message, { reveal }) => {
    const topic = isPlain(written) ? written : await reveal(written);
    const authorization = token === undefined ? {} : { authorization: `Bearer ${await reveal(token)}` };
    const body = JSON.stringify(ntfyPayload(message(), topic));
    const headers = { ...authorization, 'content-type': 'application/json' };
    return (signal) => postToService({ url: plainAddress(server), headers, body }, signal).then(() => 'published');
  },
});

function isPlain(topic: unknown): topic is string {
  return typeof topic === 'string' && TOPIC.test(topic);
}

const TAGS = { good: 'white_check_mark', warning: 'warning', bad: 'rotating_light' } as const;

function ntfyPayload(message: Message, topic: string): object {
  const { title, tone } = message;
  return {
    topic,
    title,
    message: cutTo(MESSAGE_BYTES, textOf(message) || title),
    tags: [TAGS[tone]],
    priority: tone === 'good' ? 3 : 4,
  };
}
