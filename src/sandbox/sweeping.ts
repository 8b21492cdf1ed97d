import { z } from 'zod';
import { messageOf } from '../core/errors.ts';
import type { SandboxSpec, SweepOptions, SweptRun } from './sandbox.ts';

/** What is to stay when a run has ended, as its marker says. */
export const keptSchema = z.enum(['nothing', 'data', 'instance']);

export type Kept = z.output<typeof keptSchema>;

/** What of a run is to stay. */
export function keptOf(
  { keepInstance }: Pick<SandboxSpec, 'keepInstance'>,
  { reuse }: { readonly reuse: boolean },
): Kept {
  return keepInstance ? 'instance' : reuse ? 'data' : 'nothing';
}

/** What a run has left, or is still at work on, as its marker tells. */
export interface Leftover {
  readonly runId: string;
  readonly drill: string;
  /** Where it lies, or the names of what it is made of. */
  readonly path: string;
  readonly keeps: Kept;
  /** The pgdrill that made it lives, and is at work on it. */
  readonly isAtWork: boolean;
  /** Nobody is at work any more, and what is left is there to stay. */
  readonly isAtRest: boolean;
  /** Words after `drill sweep` that name where to look. */
  readonly sweepWords: readonly string[];
  /** Ends what runs there and removes all, or all but the data. Throws when something stays. */
  remove(keeps: Exclude<Kept, 'instance'>): Promise<void>;
}

/** The command that ends an instance which was kept. */
export function sweepCommand(runId: string, sweepWords: readonly string[] = []): string {
  return ['drill', 'sweep', ...sweepWords, '--run', runId].join(' ');
}

/**
 * Does with what a run has left what every sandbox does: nothing while it goes on; an instance or data that was kept is
 * removed only when it is asked for; of a run that was to keep its data, and was killed, all else goes.
 */
export async function sweepLeftover(left: Leftover, options: SweepOptions): Promise<SweptRun> {
  const { runId, drill, path, keeps } = left;
  const about = { runId, drill, path, message: null };
  const asked = options.kept || options.run !== null;
  if (left.isAtWork) return { ...about, action: 'running' };
  if (keeps === 'instance' && !asked) {
    const message = `its instance was kept; end it with: ${sweepCommand(runId, left.sweepWords)}`;
    return { ...about, action: 'kept', message };
  }
  const keepsData = keeps === 'data' && !asked;
  const done: SweptRun = keepsData
    ? { ...about, action: 'kept', message: 'its data is kept for the next run' }
    : { ...about, action: 'removed' };
  if (options.dryRun || (keepsData && left.isAtRest)) return done;
  try {
    await left.remove(keepsData ? 'data' : 'nothing');
    return done;
  } catch (error) {
    return { ...about, action: 'failed', message: messageOf(error) };
  }
}
