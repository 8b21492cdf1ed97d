import { minuteText } from '../../report/document/words.ts';
import type { DrillReport } from '../../report/report.ts';
import type { Style } from './style.ts';
import { wrap } from './wrap.ts';

type Notification = DrillReport['notifications'][number];

/** Who was told, each over lines of `width` columns. `quiet`: only who could not be. */
export function notificationLines(
  all: readonly Notification[],
  style: Style,
  quiet: boolean,
  width: number = Infinity,
): string[] {
  return all.filter(({ sent }) => !sent || !quiet).map((one) => wrap(notificationLine(one, style), width, 2));
}

function notificationLine({ channel, name, sent, reason, late, kept }: Notification, style: Style): string {
  const who = name === channel ? name : `${name} (${channel})`;
  const what = late === null ? '' : ` of what happened at ${minuteText(late)}`;
  if (sent) return style('dim', `${who} was told${what}`);
  const again = kept ? '; it is kept, and sent again by the next run or by: drill notify send' : '';
  return `${style('yellow', '!')} ${who} could not be told${what}: ${reason ?? '?'}${again}`;
}
