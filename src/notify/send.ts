import { asDrillError, messageOf } from '../core/errors.ts';
import type { DrillReport } from '../report/report.ts';
import { minuteText } from '../report/document/words.ts';
import { visible } from '../report/visible.ts';
import { addresses } from './address.ts';
import { kindOf, type Channel } from './channel.ts';
import type { Message } from './message.ts';
import { Outbox, type Claimed, type Undelivered } from './outbox.ts';
import { revealer } from './secret.ts';
import { DeliveryFault } from './sending/fault.ts';
import { faultOf, tryOften, USUAL_PATIENCE } from './sending/tries.ts';
import type { Attempt, Delivery, Patience } from './sending/tries.ts';
import { shortened } from '../core/shortened.ts';

/** What became of a message on one channel. */
export type Notification = DrillReport['notifications'][number];

/** What sending works with. */
export interface SendServices {
  readonly env: NodeJS.ProcessEnv;
  readonly redactor: { add(secret: string): void; text(text: string): string; data<T>(value: T): T };
  /** Ends it at once: what is not sent by then is kept. */
  readonly signal: AbortSignal;
  readonly now: () => Date;
  readonly patience?: Patience;
}

/** Sends a message on one channel. Never rejects. */
export async function deliver(message: Message, channel: Channel, services: SendServices): Promise<Delivery> {
  const { env, redactor, signal, now, patience = USUAL_PATIENCE } = services;
  const reveal = revealer(channel.base, { env, redactor, signal });
  const means = { reveal, address: addresses(reveal, redactor), tryMs: patience.tryMs, now };
  const shown = (text: string): string => shortLine(redactor.text(text));
  try {
    const prepared = await kindOf(channel).prepare(channel.block as never, () => redactor.data(message), means);
    const attempt: Attempt = (end) => prepared(end).then(shown, (error: unknown) => faultShown(error, shown));
    return await tryOften(attempt, patience, signal);
  } catch (error) {
    return { sent: false, answer: visible(redactor.text(withHint(error))), attempts: 0 };
  }
}

/** More of what a service says is not shown. */
const LONGEST_SHOWN = 220;

/** On one line, and no more than people read. It is cut when it holds no secret any more: half of one is none that is known. */
function shortLine(text: string): string {
  const line = visible(text.replaceAll(/\s+/g, ' ').trim());
  return shortened(line, LONGEST_SHOWN);
}

function faultShown(error: unknown, shown: (text: string) => string): never {
  const { message, again, waitMs, inPart } = faultOf(error);
  throw new DeliveryFault(shown(message), { again, waitMs, inPart });
}

/** A secret that is not to be had: what to do about it. */
function withHint(error: unknown): string {
  const hint = asDrillError(error)?.hint ?? null;
  return hint === null ? messageOf(error) : `${messageOf(error)}; ${hint}`;
}

/** What is to be sent: the message to some channels, and to all of them what did not get through before. */
interface Mail {
  /** Null: there is nothing new. */
  readonly message: Message | null;
  readonly to: readonly Channel[];
  readonly channels: readonly Channel[];
  /** The directory of the reports, where what does not get through is kept. */
  readonly reports: string;
}

/** Sends it on all channels at one time. Gives what became of it on each; never rejects. */
export async function send({ message, to, channels, reports }: Mail, services: SendServices): Promise<Notification[]> {
  const outbox = new Outbox(reports);
  const now = services.now();
  const { late, givenUp } = await claimed(outbox, { channels, isAskedFor: message === null }, now);
  const results = await Promise.all(
    channels.map(async (channel) => {
      const own = late.filter((one) => one.channel === channel.id);
      const fresh = message !== null && to.includes(channel) ? message : null;
      return onChannel(channel, fresh, own, services);
    }),
  );
  const { problem, dropped } = await settled(outbox, results, now);
  return [
    ...results.flatMap(({ told }) => told).map((one) => (one.kept && problem !== null ? notKept(one, problem) : one)),
    ...givenUp.map((one) => forGood(one, channels, 'it could not be delivered in two months, and is given up')),
    ...dropped.map((one) =>
      forGood(one, channels, 'more could not be delivered than are kept, and this was the oldest'),
    ),
  ];
}

/** No late message is begun after this: a run waits, and the next one sends what is left. */
const LATE_MS = 15_000;

interface OnChannel {
  readonly told: readonly Notification[];
  readonly sent: readonly Undelivered[];
  readonly notSent: readonly Undelivered[];
}

/** The new message goes first; the late ones follow as long as the channel takes them. */
async function onChannel(
  channel: Channel,
  fresh: Message | null,
  late: readonly Undelivered[],
  services: SendServices,
): Promise<OnChannel> {
  const told: Notification[] = [];
  const [sent, notSent]: [Undelivered[], Undelivered[]] = [[], []];
  let [isDead, refused] = [false, 0];
  const startedMs = performance.now();
  if (fresh !== null) {
    const delivery = await deliver(fresh, channel, services);
    isDead = !delivery.sent && delivery.inPart !== true;
    const kept = isDead && kindOf(channel).watches !== true;
    told.push(notificationOf(channel, delivery, { late: null, kept }));
    if (kept) notSent.push({ channel: channel.id, name: channel.name, message: services.redactor.data(fresh) });
  }
  for (const one of late) {
    if (isDead || performance.now() - startedMs > LATE_MS) {
      notSent.push(one);
      continue;
    }
    const delivery = await deliver(asLate(one.message), channel, services);
    const isDone = delivery.sent || delivery.inPart === true;
    if (!isDone) refused += 1;
    // One may be refused for what it is, and not because the channel is dead.
    isDead = refused > 1;
    told.push(notificationOf(channel, delivery, { late: one.message.at, kept: !isDone }));
    (isDone ? sent : notSent).push(one);
  }
  return { told, sent, notSent };
}

function asLate(message: Message): Message {
  const line = `Sent late: when it happened, at ${minuteText(message.at)}, this could not be delivered.`;
  return { ...message, title: `(late) ${message.title}`, lines: [line, ...message.lines] };
}

function notificationOf(
  { kind, name }: Channel,
  { sent, answer, attempts }: Delivery,
  { late, kept }: Pick<Notification, 'late' | 'kept'>,
): Notification {
  return { channel: kind, name, sent, reason: sent ? null : answer, attempts, late, kept };
}

async function claimed(
  outbox: Outbox,
  { channels, isAskedFor }: { readonly channels: readonly Channel[]; readonly isAskedFor: boolean },
  now: Date,
): Promise<Claimed> {
  try {
    return await outbox.claim({ channels: channels.map(({ id }) => id), isAskedFor }, now);
  } catch {
    // What is new is told all the same; whether it can be kept is said then.
    return { late: [], givenUp: [] };
  }
}

interface Settled {
  /** Why nothing could be kept; null: it was, or there was nothing to keep. */
  readonly problem: string | null;
  readonly dropped: readonly Undelivered[];
}

async function settled(outbox: Outbox, results: readonly OnChannel[], now: Date): Promise<Settled> {
  const sent = results.flatMap((one) => one.sent);
  const notSent = results.flatMap((one) => one.notSent);
  try {
    return { problem: null, dropped: await outbox.settle(sent, notSent, now) };
  } catch (error) {
    return { problem: messageOf(error), dropped: [] };
  }
}

function notKept(one: Notification, problem: string): Notification {
  return { ...one, kept: false, reason: `${one.reason ?? ''}; it could not be kept: ${problem}` };
}

function forGood(one: Undelivered, channels: readonly Channel[], reason: string): Notification {
  const { name, channel, message } = one;
  const kind = channels.find(({ id }) => id === channel)?.kind ?? name;
  return { channel: kind, name, sent: false, reason, attempts: 0, late: message.at, kept: false };
}
