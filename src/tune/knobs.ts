import type { Knob } from './knob.ts';
import { checkpoints } from './knobs/checkpoints.ts';
import { processMax } from './knobs/process-max.ts';
import { recoveryPrefetch } from './knobs/recovery-prefetch.ts';
import { sharedBuffers } from './knobs/shared-buffers.ts';
import { walFetch } from './knobs/wal-fetch.ts';

/** What is tried, in this order. To add one is to add a file beside these, and its line here. */
const KNOBS = { processMax, walFetch, sharedBuffers, checkpoints, recoveryPrefetch } as const satisfies Readonly<
  Record<string, Knob>
>;

export type KnobId = keyof typeof KNOBS;

export const KNOB_IDS = Object.keys(KNOBS) as KnobId[];

/** A knob, with all that any may have. */
export function knobOf(id: KnobId): Knob {
  return KNOBS[id];
}
