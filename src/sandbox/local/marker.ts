import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { isAlive, ownerSchema, thisProcess } from '../owner.ts';
import { keptSchema } from '../sweeping.ts';

/** The file that makes a directory ours. Without it nothing is ever removed or restored into. */
export const MARKER_FILE = 'pgdrill-run.json';

const markerSchema = z.strictObject({
  marker: z.literal('pgdrill-run'),
  runId: z.string(),
  drill: z.string(),
  createdAt: z.string(),
  /** What is to stay when the run has ended. */
  keeps: keptSchema,
  owner: ownerSchema,
});

export type RunMarker = z.output<typeof markerSchema>;

/** Marks a directory as that of a run of this process. */
export function writeMarker(directory: string, run: Pick<RunMarker, 'runId' | 'drill' | 'keeps'>): void {
  const createdAt = new Date().toISOString();
  save(directory, { marker: 'pgdrill-run', ...run, createdAt, owner: thisProcess() });
}

/** Gives up a run whose data stays: from now on nobody is at work in its directory. */
export function disownRun(directory: string): void {
  const marker = readMarker(directory);
  if (marker) save(directory, { ...marker, owner: { ...marker.owner, startTicks: null } });
}

/** Whole, or as it was before: of a directory with half a marker nobody would know any more whose it is. */
function save(directory: string, marker: RunMarker): void {
  const file = join(directory, MARKER_FILE);
  writeFileSync(`${file}.new`, `${JSON.stringify(marker, null, 2)}\n`, { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
}

/** The marker of a directory, or null when it is not ours. */
export function readMarker(directory: string): RunMarker | null {
  try {
    return markerSchema.parse(JSON.parse(readFileSync(join(directory, MARKER_FILE), 'utf8')));
  } catch {
    return null;
  }
}

/** Whether the run was given up, and what is left of it is there to stay. */
export function isAtRest({ owner }: RunMarker): boolean {
  return owner.startTicks === null;
}

/** Whether the pgdrill process that made the run still lives. */
export function ownerIsAlive({ owner }: RunMarker): boolean {
  return isAlive(owner);
}
