import type { z } from 'zod';
import type { Message } from '../message.ts';
import type { Reveal, WrittenSecret } from '../secret.ts';
import type { Attempt } from '../sending/tries.ts';

/** An address, and what of it goes into the headers of a request. */
export interface Address {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a channel works with. */
export interface Means {
  readonly reveal: Reveal;
  /** The address behind a reference. Rejects with `secret-unusable` for what is none. */
  readonly address: (written: WrittenSecret) => Promise<Address>;
  /** How long one try may take. */
  readonly tryMs: number;
  readonly now: () => Date;
}

/** All about a kind of channel: how a plan writes it, and what it sends. */
export interface ChannelKind<Block extends z.ZodObject> {
  /** What it is, for the table of the fields of a plan. */
  readonly says: string;
  /** What stands behind the name of the kind. */
  readonly block: Block;
  /** Where it goes, in a word or two, without a secret. */
  readonly words: (block: z.output<Block>) => string;
  /**
   * It watches runs: it is told that one has begun, and of every end. What it missed is not sent again later, since that would
   * be taken for a sign of life.
   */
  readonly watches?: true;
  /** Gets at the secrets, and gives what sends a message once. The message is asked for when all secrets are known, so that it holds none. */
  readonly prepare: (block: z.output<Block>, message: () => Message, means: Means) => Promise<Attempt>;
}

/** A kind, for whoever does not know which. */
export interface SomeKind {
  readonly says: string;
  readonly block: z.ZodObject;
  readonly words: (block: never) => string;
  readonly watches?: true;
  readonly prepare: (block: never, message: () => Message, means: Means) => Promise<Attempt>;
}

/** Nothing but its types. */
export function channelKind<Block extends z.ZodObject>(kind: ChannelKind<Block>): ChannelKind<Block> {
  return kind;
}

/** An error of a block that is none. */
export function blockError(example: string) {
  return {
    error: ({ code }: { readonly code: string }): string | undefined =>
      code === 'invalid_type' ? `has to be a block such as ${example}` : undefined,
  };
}
