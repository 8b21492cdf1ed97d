import { asDrillError, DrillError } from '../core/errors.ts';
import type { RunState } from './run-state.ts';

/** What may end a run from outside of its procedure. */
interface Endings {
  readonly cancel: AbortSignal;
  readonly deadline: AbortSignal;
  /** The room that was to stay free is taken; null: it is not. */
  readonly full: DrillError | null;
}

/** Whatever stopped the run, as a reason; null for a bug. */
export async function reasonFor(
  error: unknown,
  state: RunState,
  { cancel, deadline, full }: Endings,
): Promise<DrillError | null> {
  if (cancel.aborted) return new DrillError('cancelled', 'the run was ended by a signal');
  if (deadline.aborted)
    return new DrillError('deadline-exceeded', 'the run took longer than its deadline', {
      hint: 'raise deadline in the plan',
    });
  if (full) return full;
  const reason = asDrillError(error);
  // What the sandbox did to the run comes before what that looked like from inside.
  if (reason && ['usage', 'busy'].includes(reason.outcome)) return reason;
  const blamed = await blameOf(state);
  if (blamed) return blamed;
  return reason?.outcome === 'failed' && (await isFull(state)) ? diskFull(reason) : reason;
}

/** What the sandbox has to say for itself; a sandbox that cannot be asked says nothing. */
async function blameOf({ station }: RunState): Promise<DrillError | null> {
  try {
    return (await station?.blame()) ?? null;
  } catch {
    return null;
  }
}

/** A full disk makes programs fail with all kinds of words (pgBackRest 2.55: `[2] No such file or directory`). */
async function isFull({ station, ready }: RunState): Promise<boolean> {
  if (!station || !ready || (ready.freeBytes ?? 0) < FULL_BYTES) return false;
  const free = await station.host.freeBytes(station.paths.root).catch(() => Infinity);
  return free < FULL_BYTES;
}

const FULL_BYTES = 1024 ** 2;

function diskFull(reason: DrillError): DrillError {
  return new DrillError('disk-full', `the scratch file system is full: ${reason.message}`, {
    hint: 'free room on it, or name another one with --scratch',
    cause: reason,
  });
}
