import { z } from 'zod';
import { cutTo, textOf, type Message } from '../message.ts';
import { writtenSecret } from '../secret.ts';
import { postToService } from '../sending/post.ts';
import { blockError, channelKind } from './kind.ts';

// https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks: {text, blocks}; 200 and `ok`, or a word such as
// `invalid_payload`, `no_service`. https://docs.slack.dev/reference/block-kit/blocks: a header has 150 characters, a section 3000.

const HEADER_BYTES = 150;
const SECTION_BYTES = 3000;

/** A channel of Slack, or of whatever understands its incoming webhooks (Mattermost, Rocket.Chat). */
export const slack = channelKind({
  says: 'an incoming webhook of Slack, Mattermost or Rocket.Chat',
  block: z.strictObject(
    { url: writtenSecret.describe('the incoming webhook, by reference: it is a secret') },
    blockError('{ url: env:SLACK_URL }'),
  ),
  words: () => 'an incoming webhook',
  prepare: async ({ url: written }, message, { address }) => {
    const { url, headers } = await address(written);
    const body = JSON.stringify(slackPayload(message()));
    return (signal) =>
      postToService({ url, headers: { ...headers, 'content-type': 'application/json' }, body }, signal);
  },
});

const MARKS = { good: '✅', warning: '⚠️', bad: '❌' } as const;

/** `text` is what a notification shows, and what stands in for the blocks. */
function slackPayload(message: Message): object {
  const title = `${MARKS[message.tone]} ${message.title}`;
  return {
    text: escape(title),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: cutTo(HEADER_BYTES, title), emoji: true } },
      {
        type: 'section',
        text: { type: 'mrkdwn', text: cutTo(SECTION_BYTES, escape(textOf(message)) || ' '), verbatim: true },
      },
    ],
  };
}

/** The three characters of control; so nobody is called by `<!channel>`. */
function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
