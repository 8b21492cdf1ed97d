import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { listRuns, readPast, type PastRun } from './past-runs.ts';
import { isOfTheSystem } from './system-fault.ts';

/** A file that the last passed run of a drill has kept, of those that kept one; null: none has, or the ledger cannot be read. */
export function lastPassedWith(
  reports: string,
  drill: string,
  name: string,
): { readonly run: string; readonly text: string } | null {
  for (const { run, file } of passedRuns(reports, drill)) {
    const text = textOf(join(dirname(file), name));
    if (text !== null) return { run, text };
  }
  return null;
}

/** The passed runs of a drill, the newest first. */
export function* passedRuns(reports: string, drill: string): Generator<PastRun> {
  for (const ended of listRuns(reports, drill).ended.toReversed()) {
    const [run] = readPast(reports, [ended]);
    if (run?.verdict === 'passed') yield run;
  }
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isOfTheSystem(error)) return null;
    throw error;
  }
}
