import { z } from 'zod';
import { cutTo, textOf, type Message } from '../message.ts';
import { writtenSecret } from '../secret.ts';
import { DeliveryFault } from '../sending/fault.ts';
import { postToService } from '../sending/post.ts';
import { blockError, channelKind } from './kind.ts';

// https://healthchecks.io/docs/http_api/: <ping URL>/start, <ping URL>/<exit status>, and /log, which changes nothing; the same
// `rid` (a UUID) makes one run of a start and an end. Older servers keep 10 kB of a body.

const BODY_BYTES = 10_000;

/** A check of Healthchecks: it raises the alarm by itself when nothing comes. */
export const healthchecks = channelKind({
  says: 'a check of Healthchecks',
  block: z.strictObject(
    { url: writtenSecret.describe('the ping URL of a check of its own, by reference') },
    blockError('{ url: env:HEALTHCHECKS_URL }'),
  ),
  words: () => 'a ping at the beginning and at the end of each run',
  watches: true,
  prepare: async ({ url: written }, told, { address }) => {
    const { url: ping, headers } = await address(written);
    const message = told();
    const url = pingUrl(ping, message);
    const body = message.about === 'begun' ? '' : cutTo(BODY_BYTES, pingBody(message));
    return async (signal) => {
      const answer = await postToService(
        { url, headers: { ...headers, 'content-type': 'text/plain; charset=utf-8' }, body },
        signal,
      );
      // Status 200 as well: of a check that does not exist, and of too many pings.
      if (answer.startsWith('OK ('))
        throw new DeliveryFault(`it answered ${answer}, and took no notice`, { again: false });
      return answer;
    };
  },
});

function pingUrl(ping: URL, { about, id, exitStatus }: Message): URL {
  const url = new URL(ping);
  const end = about === 'begun' ? 'start' : about === 'test' ? 'log' : String(exitStatus);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${end}`;
  url.searchParams.set('rid', id);
  return url;
}

function pingBody(message: Message): string {
  return [message.title, textOf(message), ...(message.log.length === 0 ? [] : ['', ...message.log])].join('\n');
}
