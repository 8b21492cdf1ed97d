import { minuteText } from '../../report/document/words.ts';
import type { DrillReport } from '../../report/report.ts';
import type { Style } from './style.ts';

type Notification = DrillReport['notifications'][number];

/** Who was told, a line each. `quiet`: only who could not be. */
export function notificationLines(all: readonly Notification[], style: Style, quiet: boolean): string[] {
  return all.filter(({ sent }) => !sent || !quiet).map((one) => notificationLine(one, style));
}

function notificationLine({ channel, name, sent, reason, late, kept }: Notification, style: Style): string {
  const who = name === channel ? name : `${name} (${channel})`;
  const what = late === null ? '' : ` of what happened at ${minuteText(late)}`;
  if (sent) return style('dim', `${who} was told${what}`);
  const again = kept ? '; it is kept, and sent again by the next run or by: drill notify send' : '';
  return `${style('yellow', '!')} ${who} could not be told${what}: ${reason ?? '?'}${again}`;
}
