import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { ownFile } from '../../core/own-files.ts';
import type { DrillEvent } from '../../drill/events.ts';
import { startOwn, type Printed } from '../../host/start-program.ts';
import { reportSchema, type DrillReport } from '../../report/report.ts';
import type { CliContext } from '../context.ts';
import { EXIT, exitStatusOf, worstExitStatus } from '../exit-status.ts';
import { TELLS_PARENT } from '../process-context.ts';
import { needOf, type Need } from './room.ts';

/** What a drill of many came to. */
interface Ended {
  readonly exitStatus: number;
  readonly reports: readonly DrillReport[];
  readonly said: string;
}

/** The option of drills that are run only when they are due. */
export const SCHEDULED = '--scheduled';

type Told = Pick<CliContext, 'env' | 'signal' | 'hurry' | 'receivedSignal'>;

/**
 * Runs a drill in a process of its own, so that whatever becomes of it is nobody else's: it is as if it ran alone. What this
 * process is told by a signal the drill is told, too. One that ends without an answer has hit a bug.
 */
export async function runInChild(
  words: readonly string[],
  context: Told,
  onEvent: (event: DrillEvent) => void,
): Promise<Ended> {
  const printed = await ownProcess(['run', ...words, '--json'], context, (message) => onEvent(message as DrillEvent));
  const reports = printed.stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => reportSchema.parse(JSON.parse(line)));
  const fault = faultOf(printed, reports, words);
  const exitStatus = fault === null ? (printed.exitCode ?? EXIT.bug) : EXIT.bug;
  // Whatever the status says, what did not pass has not.
  const all = [exitStatus, ...reports.map((report) => exitStatusOf(report, context.receivedSignal()))];
  return { exitStatus: worstExitStatus(all), reports, said: `${printed.stderr}${fault ?? ''}` };
}

/** Why the process of a drill cannot have done what it was to do; null: it may have. */
function faultOf(
  { exitCode, signal }: Printed,
  reports: readonly DrillReport[],
  words: readonly string[],
): string | null {
  if (exitCode === null) return `drill: the process of this drill was killed (${signal})\n`;
  // One that another machine has run in the meantime is not due any more.
  const mayHaveNone = exitCode !== EXIT.passed || words.includes(SCHEDULED);
  return reports.length > 0 || mayHaveNone ? null : 'drill: the process of this drill ended without a report\n';
}

const outline = z.looseObject({
  disk: z.looseObject({
    path: z.string(),
    neededBytes: z.number(),
    reserveBytes: z.number(),
    freeBytes: z.number().nullable(),
  }),
  sandbox: z.looseObject({ kind: z.string(), place: z.string() }),
});

/** What a drill will take; null: its preflight does not tell, so that it is for the drill itself to say. */
export async function askNeed(words: readonly string[], isHere: boolean, context: Told): Promise<Need | null> {
  const { exitCode, stdout } = await ownProcess(
    ['plan', ...words, '--json', '--no-environment'],
    context,
    () => undefined,
  );
  if (exitCode !== EXIT.passed) return null;
  // Of several repositories one is drilled after the other.
  const needs = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => needOf(outline.parse(JSON.parse(line)), isHere));
  return needs.toSorted((a, b) => b.neededBytes - a.neededBytes)[0] ?? null;
}

async function ownProcess(
  words: readonly string[],
  { env, signal, hurry, receivedSignal }: Told,
  onMessage: (message: unknown) => void,
): Promise<Printed> {
  const child = startOwn(
    [fileURLToPath(ownFile('../bin/drill.js')), ...words],
    { ...env, [TELLS_PARENT]: '1' },
    onMessage,
  );
  const pass = (): void => child.kill(receivedSignal() ?? 'SIGTERM');
  for (const one of [signal, hurry]) {
    if (one.aborted) pass();
    else one.addEventListener('abort', pass, { once: true });
  }
  try {
    return await child.ended;
  } finally {
    for (const one of [signal, hurry]) one.removeEventListener('abort', pass);
  }
}
