import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { listRuns, readPast } from './past-runs.ts';
import { isOfTheSystem } from './system-fault.ts';

/** A file that the last passed run of a drill has kept, of those that kept one; null: none has, or the ledger cannot be read. */
export function lastPassedWith(
  reports: string,
  drill: string,
  name: string,
): { readonly run: string; readonly text: string } | null {
  for (const ended of listRuns(reports, drill).ended.toReversed()) {
    const [run] = readPast(reports, [ended]);
    if (run?.verdict !== 'passed') continue;
    const text = textOf(join(dirname(run.file), name));
    if (text !== null) return { run: run.run, text };
  }
  return null;
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isOfTheSystem(error)) return null;
    throw error;
  }
}
