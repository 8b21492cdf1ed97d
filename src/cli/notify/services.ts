import { tellAlarm, type Alarm } from '../../notify/alarm.ts';
import type { SendServices } from '../../notify/send.ts';
import type { CliContext } from '../context.ts';
import { notificationLines } from '../view/notifications.ts';

/** What sending works with in a command. */
export function sendServices({ env, redactor, signal }: CliContext): SendServices {
  return { env, redactor, signal, now: () => new Date() };
}

/** Tells an alarm, and says on stderr who could not be told. No exit status depends on it. */
export async function tell(alarm: Alarm, context: CliContext): Promise<void> {
  const { stderr, stderrStyle, redactor } = context;
  const told = await tellAlarm(alarm, sendServices(context));
  const width = context.interactive ? context.columns() : Infinity;
  for (const line of notificationLines(told, stderrStyle, true, width)) stderr(redactor.text(`${line}\n`));
}
