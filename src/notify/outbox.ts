import { z } from 'zod';
import { KeptFile } from './kept.ts';
import { messageSchema, type Message } from './message.ts';

const OUTBOX_FILE = '.notify-outbox.json';

/** More are not kept: the oldest go first. */
const MOST_KEPT = 50;

/** A monthly drill has had another chance by then. */
const KEPT_MS = 62 * 86_400_000;

/** Before a message is sent late for the second time. A service that answers too late has it each time. */
const FIRST_WAIT_MS = 300_000;
const LONGEST_WAIT_MS = 86_400_000;

/** Whoever took a message to send it is dead by then. */
const CLAIM_MS = 300_000;

const item = z.strictObject({
  /** The id of its channel: where that sends to, the configuration of whoever sends it says. */
  channel: z.string(),
  name: z.string(),
  message: messageSchema,
  keptAt: z.iso.datetime(),
  claimedAt: z.iso.datetime().nullable(),
  /** How often it was sent late in vain, and when it last was. */
  tries: z.int().min(0).default(0),
  triedAt: z.iso.datetime().nullable().default(null),
});

const content = z.strictObject({ v: z.literal(1), items: z.array(item) });

type Item = z.output<typeof item>;

/** A message that did not get through, and the channel that it is for. */
export interface Undelivered {
  readonly channel: string;
  readonly name: string;
  readonly message: Message;
}

/** Who wants what was not sent. */
interface Claim {
  /** The ids of channels. */
  readonly channels: readonly string[];
  /** Somebody has asked for all of it: what was in vain a moment ago may not be any more. */
  readonly isAskedFor: boolean;
}

/** What was taken out to be sent, and what nobody will send any more. */
export interface Claimed {
  readonly late: readonly Undelivered[];
  readonly givenUp: readonly Undelivered[];
}

/**
 * Messages that did not get through, in the directory of the reports. It says for which channel each is, and not where that sends
 * to: so it holds no secret, and whoever changes it cannot send anything elsewhere. A message is taken by one program at a time.
 */
export class Outbox {
  readonly #file: KeptFile<z.output<typeof content>>;

  constructor(directory: string) {
    this.#file = new KeptFile(directory, OUTBOX_FILE, content);
  }

  /**
   * Takes what is there for some channels; nobody else gets it until it is settled, or for five minutes. The more often a message was
   * sent in vain, the longer it is left alone: a monitor may ask every five minutes.
   */
  async claim({ channels, isAskedFor }: Claim, now: Date): Promise<Claimed> {
    const taken: { late: Item[]; givenUp: Item[] } = { late: [], givenUp: [] };
    // Most directories have none.
    if (this.#file.read() === null) return taken;
    await this.#file.change((found) => {
      const items = found?.items ?? [];
      taken.givenUp = items.filter(({ keptAt }) => ageOf(keptAt, now) > KEPT_MS);
      const isFree = ({ claimedAt }: Item): boolean => claimedAt === null || ageOf(claimedAt, now) > CLAIM_MS;
      const isWanted = (one: Item): boolean => channels.includes(one.channel) && (isAskedFor || isDue(one, now));
      taken.late = items.filter((one) => isWanted(one) && isFree(one) && !taken.givenUp.includes(one));
      if (taken.late.length === 0 && taken.givenUp.length === 0) return null;
      const claimedAt = now.toISOString();
      const left = items.filter((one) => !taken.givenUp.includes(one));
      return { v: 1, items: left.map((one) => (taken.late.includes(one) ? { ...one, claimedAt } : one)) };
    });
    return taken;
  }

  /** Puts back what was taken and not sent, takes out what was, and keeps what is new. Gives what there was no room for. */
  async settle(sent: readonly Undelivered[], notSent: readonly Undelivered[], now: Date): Promise<Undelivered[]> {
    if (sent.length === 0 && notSent.length === 0) return [];
    let dropped: Item[] = [];
    await this.#file.change((found) => {
      const before = (found?.items ?? []).filter((one) => !sent.some((other) => isSame(one, other)));
      const at = now.toISOString();
      const freed = before.map((one) =>
        notSent.some((other) => isSame(one, other))
          ? { ...one, claimedAt: null, tries: one.tries + 1, triedAt: at }
          : one,
      );
      const fresh = notSent.filter((one) => !before.some((other) => isSame(one, other)));
      const all = [
        ...freed,
        ...fresh.map((one) => ({ ...unsettled(one), keptAt: at, claimedAt: null, tries: 0, triedAt: null })),
      ];
      dropped = all.slice(0, Math.max(0, all.length - MOST_KEPT));
      return { v: 1, items: all.slice(dropped.length) };
    });
    return dropped;
  }
}

function isDue({ tries, triedAt }: Item, now: Date): boolean {
  return triedAt === null || ageOf(triedAt, now) >= Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * tries ** 2);
}

function unsettled({ channel, name, message }: Undelivered): Undelivered {
  return { channel, name, message };
}

function isSame(a: Undelivered, b: Undelivered): boolean {
  return a.channel === b.channel && a.message.id === b.message.id && a.message.about === b.message.about;
}

/** A stamp of the future, by a clock that was set back, is as old as can be. */
function ageOf(stamp: string, now: Date): number {
  return Math.abs(now.getTime() - new Date(stamp).getTime());
}
