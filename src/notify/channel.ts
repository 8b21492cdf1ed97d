import { createHash } from 'node:crypto';
import { z } from 'zod';
import * as KINDS from './kinds/kinds.ts';
import type { SomeKind } from './kinds/kind.ts';
import { OCCASIONS, USUAL_OCCASIONS, type Occasion } from './when.ts';

type KindName = keyof typeof KINDS;

/** A block is read by the schema of its kind, and given to that kind alone. */
const ALL: Readonly<Record<KindName, SomeKind>> = { ...KINDS };

const NAMES = Object.keys(KINDS) as KindName[];

const occasion = z.enum(OCCASIONS, { error: `is one of ${OCCASIONS.join(', ')}` });

const common = {
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'has to be of letters, digits, dots, dashes and underscores')
    .optional()
    .describe('what reports call the channel; default: its kind'),
};

const on = z
  .union([occasion, z.array(occasion).min(1)], { error: `is one of ${OCCASIONS.join(', ')}, or a list of them` })
  .optional()
  .describe('when it is told: always, failure, change or recovered, or several; default: [failure, recovered]');

/** What watches is told of every run, so it has no `on`. */
const ENTRIES = NAMES.map((name) => {
  const { block, says, watches } = ALL[name];
  return z.strictObject({ [name]: block.describe(says), ...(watches ? {} : { on }), ...common });
});

/** A channel as a plan writes it. */
const writtenChannel = z.union(ENTRIES, {
  error: `has to be one channel of ${NAMES.join(', ')}, such as { slack: { url: env:SLACK_URL } }`,
});

/** The channels of a plan, or of a machine. */
export const writtenChannels = z.array(writtenChannel, {
  error: ({ code }) =>
    code === 'invalid_type' ? 'has to be a list, such as [{ slack: { url: env:SLACK_URL } }]' : undefined,
});

/** Its block stands under the name of its kind, which alone knows the form of it. */
type WrittenChannel = z.output<typeof writtenChannel>;

/** Somebody who is told of runs and alarms. It holds references to secrets, and no secret. */
export interface Channel {
  readonly kind: KindName;
  /** As reports call it; two channels of a drill have two names. */
  readonly name: string;
  /** The same channel has the same id in every run, and another one another id. */
  readonly id: string;
  readonly on: readonly Occasion[];
  /** What the plan says of it, of which its kind alone knows the form. */
  readonly block: unknown;
  /** Where it is written: a file. */
  readonly from: string;
  /** The directory that paths and commands of it start from. */
  readonly base: string;
}

/** What of a table of kinds does not depend on the kind. */
export function kindOf({ kind }: Pick<Channel, 'kind'>): SomeKind {
  return ALL[kind];
}

/** Where a channel goes, in a word or two. */
export function channelPlace(channel: Channel): string {
  return kindOf(channel).words(channel.block as never);
}

/** The channels that were written in a file. */
export function channelsOf(written: readonly WrittenChannel[], from: string, base: string): Channel[] {
  return written.map((entry) => {
    const kind = NAMES.find((name) => name in entry);
    if (kind === undefined) throw new Error('a channel of no kind');
    const block: unknown = (entry as Readonly<Record<string, unknown>>)[kind];
    const occasions = [(entry.on as z.output<typeof on>) ?? USUAL_OCCASIONS].flat();
    return { kind, name: entry.name ?? kind, id: idOf([kind, block], base), on: occasions, block, from, base };
  });
}

/** Paths and commands mean something else in another directory. */
function idOf(written: readonly unknown[], base: string): string {
  const text = JSON.stringify(written);
  const isOfPlace = /"file:(?!\/)|"command":/.test(text);
  return createHash('sha256')
    .update(isOfPlace ? text + base : text)
    .digest('hex')
    .slice(0, 16);
}

/** The channels of several files, each once and with a name of its own: `slack`, `slack-2`. */
export function togetherNamed(channels: readonly Channel[]): Channel[] {
  const taken = new Set<string>();
  return [...new Map(channels.map((channel) => [channel.id, channel])).values()].map((channel) => {
    let name = channel.name;
    for (let number = 2; taken.has(name); number += 1) name = `${channel.name}-${number}`;
    taken.add(name);
    return { ...channel, name };
  });
}

/** A channel in words: where it goes, and when. */
export function channelWords(channel: Channel): string {
  const { kind, name, on: occasions } = channel;
  const called = name === kind ? kind : `${name} (${kind})`;
  const when = kindOf(channel).watches ? '' : `; on ${occasions.join(' and ')}`;
  return `${called}: ${channelPlace(channel)}${when}`;
}
