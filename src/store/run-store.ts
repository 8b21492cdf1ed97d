import type { WalFetch } from '../core/wal-fetch.ts';
import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { asDrillError, DrillError, messageOf } from '../core/errors.ts';
import type { CopyIdentity } from '../report/copy.ts';
import type { DrillReport } from '../report/report.ts';
import type { Attestor } from './attestor.ts';
import { adopt, type Adopted } from './adopt.ts';
import type { EarlierRun, RunFigures } from './earlier-run.ts';
import { seriesOfReport } from './ledger/entries.ts';
import { Ledger } from './ledger/ledger.ts';
import {
  findRun,
  lastOfDrill,
  listRuns,
  passedBefore,
  readHistory,
  readPast,
  readReport,
  withLedger,
  type History,
  type PastRun,
  type RunList,
} from './past-runs.ts';
import { endBefore } from './end-before.ts';
import type { DrillOnRecord, EndBefore, EndedRun, ProvenTurn, RunBegin } from './ledger/index-answers.ts';
import { lastPassedWith, passedRuns } from './kept-before.ts';
import { missedBy } from './due.ts';
import { settled } from './settle.ts';
import { isOfTheSystem } from './system-fault.ts';
import { RunFolder, type Beginning } from './run-folder.ts';

/** What is on record of a copy: the last run that drilled it, and the last of those that passed and of those that failed. */
export interface CopyPast {
  readonly last: EarlierRun | null;
  readonly lastPassed: EarlierRun | null;
  readonly lastFailed: EarlierRun | null;
}

/** Times begin with their year. */
const BEHIND_ALL: RunBegin = { runId: '', startedAt: 'Z' };

/** A directory of reports: a ledger of all runs, and a folder for each drill, which holds one for each of its runs. */
export class RunStore {
  readonly #directory: string;
  readonly #ledger: Ledger;

  constructor(directory: string) {
    this.#directory = directory;
    this.#ledger = new Ledger(directory);
  }

  /**
   * Throws `reports-not-writable` while nothing has been started when reports could not be written, or the ledger there is that
   * of another user. Leaves nothing there.
   */
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
    this.#ledger.requireOwn();
  }

  /** The folder of a run, which is not made yet; `attestor` signs what comes to lie in it. */
  folder(beginning: Beginning, attestor: Attestor | null = null): RunFolder {
    return new RunFolder(join(this.#directory, beginning.drill, beginning.runId), this.#ledger, beginning, attestor);
  }

  /** All runs on record, or those of one drill, in short. A directory that is not there has none. */
  list(drill: string | null): RunList {
    return listRuns(this.#directory, drill);
  }

  /** What is on record of some of them. */
  read(some: readonly EndedRun[]): PastRun[] {
    return readPast(this.#directory, some);
  }

  /** All that is on record of all runs, or of those of one drill. */
  history(drill: string | null): History {
    return readHistory(this.#directory, drill);
  }

  /** The whole report of the run that `which` names: an id, the beginning of exactly one, or `latest`. Throws `not-found`. */
  find(which: string, drill: string | null): DrillReport {
    const found = findRun(this.list(drill), which);
    return readReport(join(this.#directory, found.drill, found.run, 'report.json'));
  }

  /**
   * What is on record of a drill by now; `repositories`: those that it goes to, null among them is any. A directory that is not there
   * has nothing. Throws `not-found` for an unreadable ledger.
   */
  lastOfDrill(drill: string, now: Date, repositories: readonly (number | null)[] = [null]): DrillOnRecord {
    return lastOfDrill(this.#directory, drill, now, repositories);
  }

  /** What came last of a drill, whatever repository it went to; null: nothing is on record. The same holds. */
  lastEnd(drill: string): EndBefore | null {
    return endBefore(this.#directory, { drill, before: BEHIND_ALL, repo: null });
  }

  /** A file that the last passed run of a drill has kept, of those that kept one; null: none has. */
  lastPassedWith(drill: string, name: string): { readonly run: string; readonly text: string } | null {
    return lastPassedWith(this.#directory, drill, name);
  }

  /**
   * Puts on record what a drill has missed and which of its runs were killed. Gives why it could not be; null: it was, or there
   * was nothing to put there.
   */
  async noteMissed(due: Parameters<typeof missedBy>[0]): Promise<string | null> {
    // A drill that never ran has missed nothing, and where no ledger is none is made for it.
    if (this.#ledger.id() === null) return null;
    try {
      await this.#ledger.append((state) => [...settled(state, this.#directory), ...missedBy(due, state)]);
      return null;
    } catch (error) {
      if (!isOfTheSystem(error)) throw error;
      return messageOf(error);
    }
  }

  /** Takes runs that have a report and are not on record into the ledger, oldest first. */
  adopt(): Promise<Adopted> {
    return adopt(this.#directory, this.#ledger);
  }

  /**
   * What runs of any drill before the given one have come to with each of these copies of a cluster, in their order. A ledger
   * that cannot be read knows of none: the report of the run that asks says so.
   */
  async pastOf(copies: readonly CopyIdentity[], about: CopiesQuestion): Promise<CopyPast[]> {
    const { stanza, systemId, before } = about;
    const kinds = [null, 'passed', 'failed'] as const;
    const questions = copies.flatMap((copy) => kinds.map((verdict) => ({ copy, stanza, systemId, before, verdict })));
    const found = await orNothing(() => this.#ledger.lastOf(questions));
    return copies.map((_, index) => {
      const [last = null, lastPassed = null, lastFailed = null] = found.slice(kinds.length * index);
      return { last, lastPassed, lastFailed };
    });
  }

  /** When each age of backup and kind of target of a copy was drilled, and proven, for the last time. The same holds. */
  turnsOf(
    { key, type, host, location }: CopyIdentity,
    about: Pick<CopiesQuestion, 'stanza' | 'systemId'>,
  ): Promise<readonly ProvenTurn[]> {
    const copy = { key, type, host, location };
    return orNothing(() => withLedger<ProvenTurn[]>(this.#directory, [], (index) => index.turnsOf(copy, about)));
  }

  /** The figures of the last passed runs that a run can be compared with, the newest first; at most `most`. The same holds. */
  async figuresBefore(report: DrillReport, most: number): Promise<RunFigures[]> {
    // Those that fetched their WAL the other way are slower or faster for that alone.
    const question = { series: seriesOfReport(report), before: beginOf(report), most: most * 2 };
    const all = await orNothing(() => passedBefore(this.#directory, question));
    const runs = all.filter((run) => wayOf(run) === wayOf(report.recovery)).slice(0, most);
    return runs.flatMap(({ rto: { measuredMs }, phases, restored, walBytes }) =>
      measuredMs === null ? [] : [{ rtoMs: measuredMs, phases, restoredBytes: restored?.bytes ?? null, walBytes }],
    );
  }

  /**
   * The reports of the last passed runs that can be compared with a run, the newest first; at most `most`. One that cannot be
   * read any more is left out.
   */
  async passedLike(report: DrillReport, most: number): Promise<DrillReport[]> {
    const question = { series: seriesOfReport(report), before: beginOf(report), most };
    return reportsOf(await orNothing(() => passedBefore(this.#directory, question)));
  }

  /** The report of the last of them that fetched its WAL the other way; null: none of the last 24 did. */
  async passedTheOtherWay(report: DrillReport): Promise<DrillReport | null> {
    const question = { series: seriesOfReport(report), before: beginOf(report), most: 24 };
    const runs = await orNothing(() => passedBefore(this.#directory, question));
    return reportsOf(runs.filter((run) => wayOf(run) !== wayOf(report.recovery)).slice(0, 1))[0] ?? null;
  }

  /**
   * The report of the last passed run of a drill that fetched its WAL ahead; null: none of the last 24 did. Throws `not-found`
   * for a ledger that cannot be read.
   */
  lastPassedAhead(drill: string): DrillReport | null {
    const runs = passedRuns(this.#directory, drill).take(24).toArray();
    return reportsOf(runs.filter((run) => wayOf(run) === 'ahead').slice(0, 1))[0] ?? null;
  }

  /** The same of the last passed run of a drill, and that run itself. Throws `not-found` for a ledger that cannot be read. */
  async lastPassedLike(drill: string, most: number): Promise<DrillReport[]> {
    const [report] = reportsOf(passedRuns(this.#directory, drill).take(1).toArray());
    return report ? [report, ...(await this.passedLike(report, most - 1))] : [];
  }
}

function wayOf(run: { readonly walFetch?: WalFetch | null | undefined } | null): WalFetch {
  return run?.walFetch ?? 'as-configured';
}

function beginOf({ runId, startedAt }: DrillReport): RunBegin {
  return { runId, startedAt };
}

function reportsOf(runs: readonly PastRun[]): DrillReport[] {
  return runs.flatMap(({ file }) => {
    try {
      return [readReport(file)];
    } catch (error) {
      if (asDrillError(error)) return [];
      throw error;
    }
  });
}

interface CopiesQuestion {
  readonly stanza: string;
  /** Null: not known. */
  readonly systemId: string | null;
  /** The run that asks. */
  readonly before: RunBegin;
}

/** A ledger that cannot be read, by a fault of the system, has no answer. */
async function orNothing<T>(ask: () => readonly T[] | Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await ask();
  } catch (error) {
    if (isOfTheSystem(error)) return [];
    throw error;
  }
}
