import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DrillError, messageOf } from '../core/errors.ts';
import type { DrillReport } from '../report/report.ts';
import { earlierRuns, type EarlierRun } from './earlier-runs.ts';
import { findRun, readHistory, readReport, type History } from './past-runs.ts';
import { RunFolder } from './run-folder.ts';

/** A directory of reports, which holds a folder for each drill and in that one for each of its runs. */
export class RunStore {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Throws `reports-not-writable` while nothing has been started when reports could not be written; makes nothing. */
  requireWritable(): void {
    let existing = this.#directory;
    while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
    try {
      accessSync(existing, constants.W_OK | constants.X_OK);
    } catch (error) {
      throw new DrillError(
        'reports-not-writable',
        `reports cannot be written to ${this.#directory}: ${messageOf(error)}`,
        { hint: 'name a directory that you may write to with --reports', cause: error },
      );
    }
  }

  /** The folder of a run, which is not made yet. */
  begin(drill: string, runId: string): RunFolder {
    return new RunFolder(join(this.#directory, drill, runId));
  }

  /** All runs, or those of one drill. A directory that is not there has none. */
  list(drill: string | null): History {
    return readHistory(this.#directory, drill);
  }

  /** The whole report of the run that `which` names: an id, the beginning of exactly one, or `latest`. Throws `not-found`. */
  find(which: string, drill: string | null): DrillReport {
    return readReport(findRun(this.list(drill), which));
  }

  /** What runs before the given one say of the copies that they drilled, newest first; see {@link earlierRuns}. */
  before(runId: string): EarlierRun[] {
    return earlierRuns(this.#directory, runId);
  }
}
