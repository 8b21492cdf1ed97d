import type { DrillError } from '../core/errors.ts';
import { orGiveUp, TOLD_GRACE_MS } from '../core/give-up.ts';
import type { Run } from './run.ts';
import { reasonFor } from './why-ended.ts';

/** How the procedure of a run ended. */
export interface Ending {
  /** What ended the run before its time; null: it went through. */
  readonly endedBy: DrillError | null;
  /** An error of pgdrill's own; null: none. */
  readonly bug: Error | null;
  /** The procedure did not end when it was told to, and may still be working. */
  readonly inDoubt: boolean;
}

/** How long after its deadline a run may take to stop what it does. */
const GRACE_MS = 30_000;

/**
 * Waits for the procedure of a run, and puts on the record what ended it. One that went through has its copy still, so its room is
 * looked after until it is cleaned up. Throws a DrillError of outcome `usage` or `busy` that came before anything was started: then
 * nothing is left, and nothing is recorded.
 */
export async function endingOf(run: Run, work: Promise<void>): Promise<Ending> {
  const { record, services, room } = run;
  let inDoubt = false;
  const onGivenUp = (): void => {
    inDoubt = true;
  };
  try {
    const unlessTold = orGiveUp(work, services.signal, TOLD_GRACE_MS, onGivenUp);
    await orGiveUp(unlessTold, run.signal, GRACE_MS, onGivenUp);
    return { endedBy: null, bug: null, inDoubt };
  } catch (error) {
    room.stop();
    const endings = { cancel: services.signal, deadline: run.deadline, full: room.error };
    const reason = await reasonFor(error, record, endings);
    if (reason === null)
      return { endedBy: null, bug: error instanceof Error ? error : new Error(String(error)), inDoubt };
    if (['usage', 'busy'].includes(reason.outcome) && !record.timeline.isDone('preflight')) {
      await run.cleanup.unwind({ inDoubt });
      await run.folder.discard(reason.code);
      throw reason;
    }
    const { code, message, hint } = reason;
    record.reasons.push({ code, message, phase: record.timeline.current, hint });
    return { endedBy: reason, bug: null, inDoubt };
  }
}
