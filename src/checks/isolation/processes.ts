import type { Outside } from '../../host/outside.ts';
import { noneOf, unanswered, type Assertion } from './assertion.ts';
import type { Answer, SeenProcess } from './backend.ts';

/** Clock ticks a second, in all that Linux tells of (USER_HZ). */
const TICKS = 100;

/** What a clock and the start of a sandbox may be apart. */
const SLACK_SECONDS = 2;

/**
 * Asserts that the backend sees processes of the run alone: nothing in its /proc was there before the run began, as every
 * machine's first process was, and nothing in it is a server of the machine.
 */
export function processesAssertion(
  uptime: Answer,
  processes: readonly SeenProcess[] | null,
  { processes: known }: Pick<Outside, 'processes'>,
  elapsedMs: number,
): Assertion {
  const name = 'the copy sees no process but its own';
  const expected = 'none that was there before the run, none of production';
  if ('why' in uptime) return unanswered(name, expected, uptime.why);
  if (processes === null || processes.length === 0) return unanswered(name, expected, 'it lists no processes');
  const oldest = (Number(uptime.text.split(' ')[0]) - elapsedMs / 1000 - SLACK_SECONDS) * TICKS;
  const foreign = processes.filter(
    ({ startTicks }) => !(Number(startTicks) >= oldest) || known.some((process) => process.startTicks === startTicks),
  );
  return noneOf(
    name,
    expected,
    foreign.map((process) => `process ${process.pid} (${process.name})`),
    `${processes.length} processes, all of the run`,
  );
}
