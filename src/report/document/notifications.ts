import type { DrillReport } from '../report.ts';
import type { Section, Words } from './blocks.ts';
import { counted, minuteText, sentence } from './words.ts';

type Notification = DrillReport['notifications'][number];

/** Who was told of the run, and who could not be; no section where nobody was to be. */
export function describeNotifications({ notifications }: DrillReport): Section[] {
  if (notifications.length === 0) return [];
  return [{ title: 'Notifications', blocks: [{ kind: 'list', items: notifications.map(describeNotification) }] }];
}

/** Whether somebody was to be told, and was not. */
export function isSomebodyUntold({ notifications }: DrillReport): boolean {
  return notifications.some(({ sent }) => !sent);
}

function describeNotification({ channel, name, sent, reason, attempts, late, kept }: Notification): Words {
  const who = name === channel ? [{ code: name }] : [{ code: name }, ` (${channel})`];
  const what = late === null ? '' : `, late, of what happened at ${minuteText(late)}`;
  if (sent) return [{ tone: 'good', mark: '' }, ' ', ...who, ` was told${what}.`];
  const tried = attempts === 0 ? '' : ` (${counted(attempts, 'attempt')})`;
  const again = kept ? ' The next run sends it again.' : '';
  const why = sentence(`could not be told${what}: ${reason ?? 'no reason is known'}${tried}`);
  return [{ tone: 'warning', mark: '' }, ' ', ...who, ` ${why}${again}`];
}
