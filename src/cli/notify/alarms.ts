import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { CheckUp } from '../../check-up/document.ts';
import { FINDING_CODES } from '../../check-up/finding-codes.ts';
import { durationText, minuteText, promisedText } from '../../report/document/words.ts';
import type { Alarm } from '../../notify/alarm.ts';
import type { Message } from '../../notify/message.ts';
import type { DrillPlan } from '../../plan/drill-plan.ts';
import { EXIT } from '../exit-status.ts';
import type { ScheduledDrill } from '../view/schedules.ts';

type OfPlan = Pick<DrillPlan, 'notify' | 'reports'>;

/**
 * What `drill check` found, as an alarm. Warnings are told along, and raise none. `asked` is what was asked beside the plan: who asks
 * for less finds less, and does not end the alarm of who asked for more.
 */
export function checkAlarm(found: CheckUp, { notify, reports }: OfPlan, asked: readonly string[]): Alarm {
  const bad = found.findings.filter(({ level }) => level !== 'warning');
  const isBad = bad.length > 0;
  const what = [...new Set(bad.map(({ code, repo }) => `${code}@${repo ?? ''}`))].toSorted().join(' ');
  const codes = [...new Set(bad.map(({ code }) => code))].join(', ');
  const verifies = asked.includes('verify') ? ', with pgbackrest verify' : '';
  const message = messageOf('check', found.name, found.level, {
    tone: found.level === 'critical' ? 'bad' : isBad ? 'warning' : 'good',
    title: isBad ? `${found.level.toUpperCase()}: ${found.name} (${codes})` : `OK: ${found.name}`,
    lines: [
      ...findingLines(found),
      ...figureLines(found),
      `Looked at stanza ${found.stanza} from ${hostname()}${verifies}.`,
    ],
    at: found.lookedAt,
    exitStatus: found.level === 'critical' ? EXIT.failed : isBad ? EXIT.inconclusive : EXIT.passed,
    details: { stanza: found.stanza, findings: found.findings.map(({ code, level, repo }) => ({ code, level, repo })) },
  });
  return {
    key: ['check/', found.name, ...asked.map((one) => ` ${one}`)].join(''),
    found: { isBad, what },
    message,
    endTitle: `OK again: ${found.name}`,
    channels: notify,
    reports,
  };
}

function findingLines({ findings }: CheckUp): string[] {
  return findings.map(({ code, repo, level }) => {
    const where = repo === null ? '' : `, repository ${repo}`;
    return `${code} (${level}${where}): ${FINDING_CODES[code].means.replaceAll('`', '')}`;
  });
}

function figureLines({ repositories }: CheckUp): string[] {
  return repositories.flatMap(({ key, backupAge, rpo }) => [
    ...figureLine(`Repository ${key}: the newest backup is`, backupAge),
    ...figureLine(`Repository ${key}: the newest WAL is`, rpo),
  ]);
}

function figureLine(words: string, { measuredMs, objectiveMs }: CheckUp['repositories'][number]['rpo']): string[] {
  if (measuredMs === null || objectiveMs === null) return [];
  return [`${words} ${durationText(measuredMs)} old, promised ${promisedText(objectiveMs)}`];
}

/** How a drill stands with its schedule, as an alarm. `grace`: who grants more of it does not end the alarm of who grants less. */
export function overdueAlarm(drill: ScheduledDrill, { notify, reports }: OfPlan, grace: string, now: Date): Alarm {
  const { alarm, dueAt, lastBegun, lastPassed } = drill;
  const since = dueAt === null ? '' : ` since it was due at ${minuteText(dueAt)}`;
  const title = {
    'not-run': `OVERDUE: ${drill.drill} has not run${since}`,
    'not-passed': `OVERDUE: ${drill.drill} has not passed${since}`,
    none: `IN TIME: ${drill.drill}`,
  };
  const message = messageOf('overdue', drill.drill, alarm ?? 'in-time', {
    tone: alarm === null ? 'good' : 'bad',
    title: title[alarm ?? 'none'],
    lines: [
      `Last run: ${lastBegun === null ? 'never' : minuteText(lastBegun)}. Last passed: ${lastPassed === null ? 'never' : minuteText(lastPassed)}.`,
      ...(drill.nextDue === null ? [] : [`Next due: ${minuteText(drill.nextDue)}.`]),
    ],
    at: now.toISOString(),
    exitStatus: alarm === null ? EXIT.passed : EXIT.failed,
    details: { alarm, dueAt, lastBegun, lastPassed, nextDue: drill.nextDue },
  });
  const found = { isBad: alarm !== null, what: alarm === null ? '' : `${alarm} ${dueAt ?? ''}` };
  const endTitle = `IN TIME again: ${drill.drill}`;
  return { key: `overdue/${drill.drill} ${grace}`, found, message, endTitle, channels: notify, reports };
}

function messageOf(
  about: Message['about'],
  drill: string,
  state: string,
  rest: Pick<Message, 'tone' | 'title' | 'lines' | 'at' | 'exitStatus' | 'details'>,
): Message {
  return { id: randomUUID(), about, drill, state, host: hostname(), log: [], ...rest };
}
