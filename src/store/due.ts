import { DrillError } from '../core/errors.ts';
import { missedDues, waitingSince } from '../schedule/missed.ts';
import type { Schedule } from '../schedule/schedule.ts';
import type { LedgerState } from './ledger/ledger.ts';
import type { LedgerEntry } from './ledger/line.ts';

/** A run that is about to begin, and when its drill is due. */
interface Beginning {
  readonly drill: string;
  readonly startedAt: Date;
  readonly schedule: Schedule | null;
  readonly onlyIfDue: boolean;
}

/** Lines of the ledger are to be read by people, too. */
const MOST_OF_A_LINE = 400;

/** What a drill has missed and is not on record yet. */
export function missedBy(
  { drill, startedAt, schedule }: Pick<Beginning, 'drill' | 'startedAt' | 'schedule'>,
  state: Pick<LedgerState, 'lastOfDrill'>,
): LedgerEntry[] {
  if (schedule === null) return [];
  const dueAt = missedDues(schedule, state.lastOfDrill(drill, startedAt), startedAt);
  const lines = Math.ceil(dueAt.length / MOST_OF_A_LINE);
  return Array.from({ length: lines }, (_, index) => {
    const some = dueAt.slice(index * MOST_OF_A_LINE, (index + 1) * MOST_OF_A_LINE);
    return { kind: 'missed', drill, schedule: schedule.text, dueAt: some };
  });
}

/**
 * Throws `busy` where a drill runs already, on whichever machine, or ran since it was due if it is to run only then. `ends` are
 * the runs that are found to be over. Asked while nobody else can write to the ledger: of several that begin at once, one does.
 */
export function refuseSecond(
  { drill, startedAt, schedule, onlyIfDue }: Beginning,
  state: Pick<LedgerState, 'lastOfDrill' | 'openRuns'>,
  ends: readonly LedgerEntry[],
): void {
  const isOver = (run: string): boolean => ends.some((end) => 'run' in end && end.drill === drill && end.run === run);
  const other = state.openRuns.find((open) => open.drill === drill && !isOver(open.run));
  if (other) {
    throw new DrillError(
      'busy',
      `the drill ${drill} is running already: run ${other.run} began at ${other.startedAt}`,
      {
        hint: 'wait for it to end',
      },
    );
  }
  const { lastBegun } = state.lastOfDrill(drill, startedAt);
  if (!onlyIfDue || schedule === null || waitingSince(schedule, { lastBegun }, startedAt) !== null) return;
  throw new DrillError('busy', `the drill ${drill} is not due: another run of it began at ${lastBegun ?? 'any time'}`, {
    hint: 'without --scheduled it runs in any case',
  });
}
