import { z } from 'zod';
import { errorCode, messageOf } from '../../core/errors.ts';
import { textOf, type Message } from '../message.ts';
import { writtenSecret } from '../secret.ts';
import { DeliveryFault } from '../sending/fault.ts';
import { blockError, channelKind } from './kind.ts';

const mailbox = z.string().regex(/^[^\s@<>]+@[^\s@<>]+$/, 'has to be an address such as ops@example.org');

type Security = 'tls' | 'starttls' | 'none';

interface Connection {
  readonly security?: Security | undefined;
  readonly server: string;
}

const LOCAL = /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/;

const emailBlock = z
  .strictObject(
    {
      to: z
        .union([mailbox, z.array(mailbox).min(1)], { error: 'has to be an address, or a list of addresses' })
        .describe('who gets it'),
      from: mailbox.describe('who it is from'),
      server: z.string().min(1).default('localhost').describe('the SMTP server'),
      port: z
        .int()
        .min(1)
        .max(65_535)
        .optional()
        .describe('its port; default: 465 for tls, 587 for starttls, 25 for none'),
      security: z.enum(['tls', 'starttls', 'none']).optional().describe('default: starttls, or none for localhost'),
      user: z.string().min(1).optional().describe('who logs in; default: nobody does'),
      password: writtenSecret.optional().describe('the password, by reference'),
    },
    blockError('{ to: ops@example.org, from: drills@example.org, server: mail.example.org }'),
  )
  .refine((block) => (block.user === undefined) === (block.password === undefined), {
    path: ['user'],
    message: 'goes with password, the reference to it',
  })
  .refine((block) => block.password === undefined || securityOf(block) !== 'none' || LOCAL.test(block.server), {
    path: ['security'],
    message: 'has to be tls or starttls where a password is sent',
  });

type Block = z.output<typeof emailBlock>;

/** E-mail by SMTP. */
export const email = channelKind({
  says: 'e-mail by SMTP',
  block: emailBlock,
  words: ({ to, server }) => `${[to].flat().join(', ')} by ${server}`,
  prepare: async (block, message, { reveal, tryMs }) => {
    const { user, password } = block;
    const pass = password === undefined ? null : await reveal(password);
    const auth = user === undefined || pass === null ? {} : { auth: { user, pass } };
    // Most drills send none.
    const { createTransport } = await import('nodemailer');
    return async (signal) => {
      const transport = createTransport({
        host: block.server,
        port: portOf(block),
        secure: securityOf(block) === 'tls',
        requireTLS: securityOf(block) === 'starttls',
        ignoreTLS: securityOf(block) === 'none',
        connectionTimeout: tryMs,
        greetingTimeout: tryMs,
        socketTimeout: tryMs,
        dnsTimeout: tryMs,
        disableFileAccess: true,
        disableUrlAccess: true,
        ...auth,
      });
      try {
        // The signal ends the connection: what is told as not sent is not sent a moment later.
        const sent: Taken = await transport.sendMail({ ...mailOf(block, message()), signal });
        if (sent.rejected.length > 0)
          throw new DeliveryFault(notTaken(sent, block.server), { again: false, inPart: true });
        return sent.response;
      } catch (error) {
        throw error instanceof DeliveryFault ? error : mailFault(error, block.server, signal);
      } finally {
        transport.close();
      }
    };
  },
});

function securityOf({ security, server }: Connection): Security {
  return security ?? (LOCAL.test(server) ? 'none' : 'starttls');
}

function portOf(block: Block): number {
  return block.port ?? { tls: 465, starttls: 587, none: 25 }[securityOf(block)];
}

/** The same id when it is sent again, so that mail programs show it once. Nobody's absence is to be answered (RFC 3834). */
function mailOf({ to, from }: Block, message: Message) {
  const domain = from.slice(from.lastIndexOf('@') + 1);
  return {
    to: [to].flat(),
    from,
    subject: message.title,
    text: `${textOf(message)}\n`,
    messageId: `<${message.id}.${message.about}@${domain}>`,
    date: new Date(message.at),
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}

/** What a server took, and for whom it did not. */
interface Taken {
  readonly response: string;
  readonly rejected: readonly unknown[];
}

/** Where nobody is taken, nodemailer throws. */
function notTaken({ rejected }: Taken, server: string): string {
  return `${server} does not take mail for ${rejected.map(String).join(', ')}`;
}

/** A refusal for good is 5xx, for now 4xx (RFC 5321, 4.2.1). */
function mailFault(error: unknown, server: string, signal: AbortSignal): DeliveryFault {
  if (signal.aborted) return new DeliveryFault(`${server} gave no answer in time`, { again: true });
  const code = errorCode(error);
  const status = error instanceof Error && 'responseCode' in error ? Number(error.responseCode) : null;
  const message = messageOf(error);
  if (code === 'ETLS') return new DeliveryFault(`${server}: no safe connection: ${message}`, { again: false });
  return new DeliveryFault(`${server}: ${message}`, { again: status === null ? code !== 'EAUTH' : status < 500 });
}
