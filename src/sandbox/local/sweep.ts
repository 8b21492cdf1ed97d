import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DrillError } from '../../core/errors.ts';
import { abortAfter } from '../../core/timer.ts';
import type { Looked, SweepPlace } from '../kind.ts';
import type { SweepOptions, SweptRun } from '../sandbox.ts';
import { sweepLeftover, type Leftover } from '../sweeping.ts';
import { isAtRest, ownerIsAlive, readMarker, type RunMarker } from './marker.ts';
import { removeRun } from './run-directory.ts';
import { isScratch, scratchDirectory } from './scratch.ts';
import { refuseForeignWay } from './scratch-guard.ts';

const DEADLINE_MS = 600_000;

/** Looks at the runs of a scratch directory. That the usual one is not there is no fault. */
export async function sweep(options: SweepOptions, { scratch: asked }: SweepPlace): Promise<Looked> {
  const scratch = scratchDirectory(asked);
  if (isScratch(scratch)) return { where: scratch, swept: await sweepScratch(scratch, options) };
  if (asked === undefined) return { where: `${scratch} (no scratch directory of pgdrill)`, swept: [] };
  throw new DrillError('not-found', `${scratch} is no scratch directory of pgdrill`, {
    hint: 'name the one of the run with --scratch; nothing was touched',
  });
}

async function sweepScratch(scratch: string, options: SweepOptions): Promise<SweptRun[]> {
  refuseForeignWay(scratch);
  const swept: SweptRun[] = [];
  for (const name of readdirSync(scratch).toSorted()) {
    const marker = readMarker(join(scratch, name));
    if (!marker || (options.run !== null && marker.runId !== options.run)) continue;
    swept.push(await sweepLeftover(leftIn(scratch, name, marker), options));
  }
  return swept;
}

function leftIn(scratch: string, name: string, marker: RunMarker): Leftover {
  const { runId, drill, keeps } = marker;
  const path = join(scratch, name);
  return {
    runId,
    drill,
    path,
    keeps,
    isAtWork: ownerIsAlive(marker),
    isAtRest: isAtRest(marker),
    sweepWords: ['--scratch', scratch],
    remove: (left) => removeRun(path, left, abortAfter(DEADLINE_MS)),
  };
}
