import { messageOf } from '../core/errors.ts';
import { isOfTheSystem } from '../store/system-fault.ts';
import { kindOf, type Channel } from './channel.ts';
import type { Message } from './message.ts';
import { send, type Notification, type SendServices } from './send.ts';
import { ToldBefore } from './told.ts';
import { isDueAgain, tellsAlarm, type Found, type Told } from './when.ts';

/** What a monitor found, and how it is told. */
export interface Alarm {
  /** What was looked at; the same in every look. */
  readonly key: string;
  readonly found: Found;
  readonly message: Message;
  /** The title where an alarm stood before, and has ended; null where none ends in this way. */
  readonly endTitle: string | null;
  readonly channels: readonly Channel[];
  /** The directory of the reports, where it is written down what was said last. */
  readonly reports: string;
}

/** Tells what a monitor found, where it is news by the rules of each channel. What watches runs is left alone. Never rejects. */
export async function tellAlarm(alarm: Alarm, services: SendServices): Promise<Notification[]> {
  const { key, found, reports } = alarm;
  const channels = alarm.channels.filter((one) => kindOf(one).watches !== true);
  if (channels.length === 0) return [];
  const at = services.now();
  const isNews = (before: Told | null): boolean =>
    found.isBad !== before?.isBad || found.what !== before.what || (found.isBad && isDueAgain(before, at));
  const { before, problem } = await noted(() => new ToldBefore(reports).note(key, found, at, isNews));
  const title = !found.isBad && before?.isBad === true ? (alarm.endTitle ?? alarm.message.title) : alarm.message.title;
  const message = { ...alarm.message, title };
  const said = problem === null ? message : { ...message, lines: [...message.lines, `${ALWAYS_SAID}: ${problem}`] };
  return send(
    { message: said, to: channels.filter(({ on }) => tellsAlarm(on, found, before, at)), channels, reports },
    services,
  );
}

const ALWAYS_SAID = 'This is said at every look, since what was said before cannot be written down';

/** Somebody who is told too often is better than somebody who is not told. */
async function noted(note: () => Promise<Told | null>): Promise<{ before: Told | null; problem: string | null }> {
  try {
    return { before: await note(), problem: null };
  } catch (error) {
    if (!isOfTheSystem(error)) throw error;
    return { before: null, problem: messageOf(error) };
  }
}
