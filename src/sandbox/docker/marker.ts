import { hostname } from 'node:os';
import { z } from 'zod';
import { isAlive, ownerSchema, thisProcess } from '../owner.ts';
import { keptSchema, type Kept } from '../sweeping.ts';

/** The label that makes a container, a volume or a network ours. Without it nothing is ever removed. */
export const RUN_LABEL = 'org.pgdrill.run';

const labelsSchema = z.looseObject({
  [RUN_LABEL]: z.string(),
  'org.pgdrill.drill': z.string(),
  'org.pgdrill.keeps': keptSchema,
  'org.pgdrill.expires': z.string(),
  'org.pgdrill.host': z.string(),
  'org.pgdrill.owner': z.string(),
});

/** What the labels of a thing of ours say. */
export interface RunLabels {
  readonly runId: string;
  readonly drill: string;
  readonly keeps: Kept;
  /** The pgdrill that made it still lives, as far as that can be seen from here. */
  readonly alive: boolean;
}

/** The labels of what a run of this process makes. */
export function labelsFor(run: {
  readonly runId: string;
  readonly drill: string;
  readonly keeps: Kept;
  readonly endsBefore: Date;
}): Record<string, string> {
  return {
    [RUN_LABEL]: run.runId,
    'org.pgdrill.drill': run.drill,
    'org.pgdrill.keeps': run.keeps,
    'org.pgdrill.expires': run.endsBefore.toISOString(),
    'org.pgdrill.host': hostname(),
    'org.pgdrill.owner': JSON.stringify(thisProcess()),
  };
}

/** Reads labels; null when they are not ours. An owner on another machine counts as alive until its run has expired. */
export function readLabels(labels: unknown, now: Date): RunLabels | null {
  const parsed = labelsSchema.safeParse(labels);
  if (!parsed.success) return null;
  const found = parsed.data;
  const here = found['org.pgdrill.host'] === hostname();
  return {
    runId: found[RUN_LABEL],
    drill: found['org.pgdrill.drill'],
    keeps: found['org.pgdrill.keeps'],
    alive: here ? ownerLives(found['org.pgdrill.owner']) : new Date(found['org.pgdrill.expires']) > now,
  };
}

function ownerLives(text: string): boolean {
  try {
    return isAlive(ownerSchema.parse(JSON.parse(text)));
  } catch {
    return false;
  }
}
