import { z } from 'zod';
import { plainAddress, writtenAddress } from '../address.ts';
import { textOf, type Message } from '../message.ts';
import { writtenSecret } from '../secret.ts';
import { postToService } from '../sending/post.ts';
import { blockError, channelKind } from './kind.ts';
import { shortened } from '../../core/shortened.ts';

// https://core.telegram.org/bots/api#sendmessage: POST /bot<token>/sendMessage; a text has 4,096 characters. Without a parse mode
// nothing in it has a meaning.

const CHAT = 'has to be the number of a chat, or @channel';

const MOST_CHARACTERS = 4096;

/** A chat of Telegram, by a bot. */
export const telegram = channelKind({
  says: 'a chat of Telegram',
  block: z.strictObject(
    {
      token: writtenSecret.describe('the token of the bot, by reference'),
      chat: z
        .union([z.int(), z.string().regex(/^(?:-?\d+|@[A-Za-z]\w{3,})$/, CHAT)], { error: CHAT })
        .describe('the number of the chat, or @channel'),
      server: writtenAddress.default('https://api.telegram.org').describe('the server of the bot API'),
    },
    blockError('{ token: env:TELEGRAM_TOKEN, chat: -1001234567890 }'),
  ),
  words: ({ chat }) => `chat ${chat}`,
  prepare: async ({ token, chat, server }, message, { reveal }) => {
    const url = plainAddress(`${server.replace(/\/+$/, '')}/bot${encodeURI(await reveal(token))}/sendMessage`);
    const body = JSON.stringify(telegramPayload(message(), chat));
    const headers = { 'content-type': 'application/json' };
    return (signal) => postToService({ url, headers, body }, signal).then(() => 'sent');
  },
});

const MARKS = { good: '✅', warning: '⚠️', bad: '❌' } as const;

function telegramPayload(message: Message, chat: string | number): object {
  const text = `${MARKS[message.tone]} ${message.title}\n${textOf(message)}`;
  return {
    chat_id: chat,
    text: shortened(text, MOST_CHARACTERS),
    link_preview_options: { is_disabled: true },
  };
}
