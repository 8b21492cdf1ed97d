import type { CleanupStep } from '../../core/cleanup.ts';
import type { Ending } from '../ending.ts';
import type { Run } from '../run.ts';

/** What is left of a run, and how its end went. */
export interface CleanedUp {
  readonly steps: readonly CleanupStep[];
  /** The instance is left up. */
  readonly keptInstance: boolean;
  /** What was left on purpose, for people; null: nothing. */
  readonly kept: string | null;
}

/** Undoes what the run made, but for what it was asked to keep. Never throws: what could not be undone is in a step. */
export async function cleanUp(run: Run, { bug, inDoubt }: Ending): Promise<CleanedUp> {
  const { record, keepInstance, cleanup, room } = run;
  // From here on it takes no more room, and nothing is there to look at.
  room.stop();
  const keptInstance = keepInstance && record.recovery !== null && bug === null;
  const steps = await cleanup.unwind({ kept: keptInstance, inDoubt });
  return { steps, keptInstance, kept: keptText(run, keptInstance) };
}

function keptText({ plan, record }: Run, instance: boolean): string | null {
  const paths = record.station?.paths;
  if (instance) return `the instance, and its directory ${paths?.root ?? ''}`;
  return plan.sandbox.reuse ? `the data directory ${paths?.data ?? ''}, for the next run` : null;
}
