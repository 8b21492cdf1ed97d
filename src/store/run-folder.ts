import { rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeWithParents } from '../core/directories.ts';
import { asDrillError, DrillError, messageOf } from '../core/errors.ts';
import type { DrillReport, ReasonReport } from '../report/report.ts';
import type { Attestor, LedgerPlace } from './attestor.ts';
import { digestOf } from './digest.ts';
import { EvidenceLog } from './evidence-log.ts';
import { endedEntry } from './ledger/entries.ts';
import type { Ledger, LedgerState } from './ledger/ledger.ts';
import { lineHash, type LedgerEntry, type LedgerLine } from './ledger/line.ts';
import { tryLock, type HeldLock } from '../core/file-lock.ts';
import type { Schedule } from '../schedule/schedule.ts';
import { missedBy, refuseSecond } from './due.ts';
import { filesIn, STATEMENT_FILES } from './manifest.ts';
import { replaceFile } from './replace-file.ts';
import { LOCK_FILES, settled, RUNNING_FILE } from './settle.ts';
import { isOfTheSystem } from './system-fault.ts';
import { FORMS, writeSomewhere, writeWhole, type SavedReport, type WrittenReport } from './write-report.ts';

/** What the ledger has to know when a run begins. */
export interface Beginning {
  readonly drill: string;
  readonly runId: string;
  readonly startedAt: Date;
  readonly stanza: string;
  readonly trigger: DrillReport['trigger']['kind'];
  readonly user: string;
  readonly host: string;
  /** The id of the run that failed, and whose fallback this is; null: it is none. */
  readonly fallbackOf: string | null;
  /** When the drill is due; null: it has no schedule. */
  readonly schedule: Schedule | null;
  /** Whether the run is to begin only if the drill has not run since it was due for the last time. */
  readonly onlyIfDue: boolean;
}

/**
 * The folder of a run, with its report and its evidence, and its lines in the ledger. Its owner's alone, since logs and checks
 * may show restored data.
 */
export class RunFolder {
  readonly path: string;
  readonly #ledger: Ledger;
  readonly #beginning: Beginning;
  #running: HeldLock | null = null;
  #hasBegun = false;
  #number: number | null = null;
  #place: LedgerPlace | null = null;
  #problem: string | null = null;
  #doubt: string | null = null;
  #attestor: Attestor | null;

  constructor(path: string, ledger: Ledger, beginning: Beginning, attestor: Attestor | null) {
    this.path = path;
    this.#ledger = ledger;
    this.#beginning = beginning;
    this.#attestor = attestor;
  }

  /** Which run of its drill this is, by the ledger; null: it has not begun, or the ledger cannot be written to. */
  get number(): number | null {
    return this.#number;
  }

  /** What is wrong with the ledger, for the report: what kept the run out of it, and that it was changed. */
  problems(): ReasonReport[] {
    return [...this.#notWritten(), ...this.#changed()];
  }

  #notWritten(): ReasonReport[] {
    if (this.#problem === null) return [];
    return [
      {
        code: 'ledger-not-written',
        message: `${this.#ledger.path} could not be written to: ${this.#problem}; this run is not on record there`,
        phase: null,
        hint: 'mend that, then take the run in with: drill evidence adopt',
      },
    ];
  }

  #changed(): ReasonReport[] {
    if (this.#doubt === null) return [];
    const message = `the record of runs in ${this.#ledger.directory} was changed before this run: ${this.#doubt}`;
    return [{ code: 'ledger-changed', message, phase: null, hint: 'drill evidence verify says what was changed' }];
  }

  /**
   * Makes the folder and puts on record that the run has begun, before anything else is made: whatever becomes of it, it is
   * accounted for. Runs whose process is gone are settled on the way, and what was missed is put on record. Does nothing the
   * second time. Throws `reports-not-writable`, or `busy` where the drill runs already, on whichever machine.
   */
  async begin(): Promise<void> {
    if (this.#hasBegun) return;
    this.#make();
    this.#hasBegun = true;
    const { drill, runId, startedAt, stanza, trigger, user, host, fallbackOf } = this.#beginning;
    let number = 0;
    this.#doubt = this.#attestor?.doubtAbout(this.#ledger) ?? null;
    const lines = await this.#record((state) => {
      const ends = settled(state, dirname(dirname(this.path)));
      refuseSecond(this.#beginning, state, ends);
      this.#running = tryLock(join(this.path, RUNNING_FILE));
      number = state.nextNumber(drill);
      const run = { drill, run: runId, number, startedAt: startedAt.toISOString() };
      const about = { stanza, trigger, user, host, ...(fallbackOf === null ? {} : { fallbackOf }) };
      return [...ends, ...missedBy(this.#beginning, state), { kind: 'begun', ...run, ...about }];
    });
    if (this.#problem !== null) return;
    this.#number = number;
    this.#place = placeOf(lines.at(-1), this.#ledger.id());
  }

  /** The same for a run that has ended already; where no folder can be made its report will lie elsewhere. */
  async beginLate(): Promise<void> {
    try {
      await this.begin();
    } catch (error) {
      if (!asDrillError(error)) throw error;
      this.#problem = messageOf(error);
    }
  }

  /** Removes the folder of a run that was refused with this code, and the one of its drill if nothing else is in it. */
  async discard(code: string): Promise<void> {
    const { drill, runId, startedAt } = this.#beginning;
    const number = this.#number;
    if (number !== null) {
      const run = { drill, run: runId, number, startedAt: startedAt.toISOString() };
      await this.#record(() => [{ kind: 'withdrawn', ...run, code }]);
    }
    this.#leave();
    rmSync(this.path, { recursive: true, force: true });
    try {
      rmdirSync(dirname(this.path));
    } catch {
      // Other runs are in it, or it was never made.
    }
  }

  /** Writes one file of evidence. */
  keep(name: string, content: string): void {
    writeFileSync(join(this.path, name), content, { mode: 0o600 });
  }

  /** A file of evidence that grows with the run. */
  log(name: string): EvidenceLog {
    return new EvidenceLog(join(this.path, name));
  }

  /** The evidence with its digests: all files but the reports themselves. */
  evidence(): DrillReport['evidence'] {
    return filesIn(this.path)
      .filter((name) => !(name in FORMS))
      .map((file) => ({ file, ...digestOf(join(this.path, file)) }));
  }

  /**
   * Writes a report that is not finished, for a run that is killed before it is: what it has found out counts then. Where it
   * cannot be written, {@link save} says so.
   */
  keepUnfinished(report: DrillReport): void {
    try {
      writeWhole(this.path, report);
    } catch (error) {
      if (!isOfTheSystem(error)) throw error;
    }
  }

  /**
   * Writes the report in all its forms and the manifest over all files, each whole or not at all, signs them where there is a
   * key, and puts the end of the run on record. Where the folder cannot be written to, they go into a directory of their own
   * among the temporary files, with a warning. One that cannot be signed has a warning as well. Throws `reports-not-writable` when they can be written to neither.
   */
  async save(report: DrillReport): Promise<SavedReport> {
    const saved = await this.#write(this.path, report);
    await this.#recordEnd(saved);
    this.#leave();
    if (this.#number !== null && this.#problem === null) await this.#seal();
    const isTold = saved.report.reasons.some(({ code }) => code === 'ledger-not-written');
    if (this.#problem === null || isTold) return saved;
    const reasons = [...saved.report.reasons, ...this.#notWritten()];
    return this.#write(saved.folder, { ...saved.report, reasons });
  }

  async #write(folder: string, report: DrillReport): Promise<WrittenReport> {
    const attestor = this.#attestor;
    const keyId = attestor?.keyId ?? null;
    const saved = writeSomewhere(folder, { ...report, record: { ...report.record, keyId } });
    if (attestor === null) return saved;
    const ledger = this.#problem === null ? this.#place : null;
    try {
      const statements = await attestor.statements({ ...saved, ledger });
      for (const [name, text] of Object.entries(statements)) replaceFile(saved.folder, name, text);
      return saved;
    } catch (error) {
      if (!isOfTheSystem(error)) throw error;
      this.#attestor = null;
      for (const name of Object.values(STATEMENT_FILES)) rmSync(join(saved.folder, name), { force: true });
      return this.#write(saved.folder, { ...saved.report, reasons: [...saved.report.reasons, notSigned(error)] });
    }
  }

  async #recordEnd({ report, digests }: WrittenReport): Promise<void> {
    const number = this.#number;
    if (number === null) return;
    const key = report.record.keyId;
    await this.#record(() => [endedEntry(report, { number, recorded: 'at-end', ...digests, key })]);
  }

  async #seal(): Promise<void> {
    try {
      await this.#attestor?.sealLedger(this.#ledger);
    } catch (error) {
      // The run is signed. That the ledger goes on behind its signed end is for `drill evidence verify` to say.
      if (!isOfTheSystem(error)) throw error;
    }
  }

  /** A ledger that cannot be written to is no reason to end a run; the report says so. */
  async #record(make: (state: LedgerState) => readonly LedgerEntry[]): Promise<readonly LedgerLine[]> {
    try {
      return await this.#ledger.append(make);
    } catch (error) {
      const isRefused = asDrillError(error)?.outcome === 'busy';
      if (isRefused || !isOfTheSystem(error)) throw error;
      this.#problem = messageOf(error);
      return [];
    }
  }

  #make(): void {
    try {
      makeWithParents(this.path, 0o700);
    } catch (error) {
      throw new DrillError('reports-not-writable', `${this.path} cannot be made: ${messageOf(error)}`, {
        hint: 'name a directory that you may write to with --reports',
        cause: error,
      });
    }
  }

  /** The run has ended: nobody who finds it open is to wonder. */
  #leave(): void {
    this.#running?.release();
    this.#running = null;
    try {
      for (const name of LOCK_FILES) rmSync(join(this.path, name), { force: true });
    } catch {
      // The folder is gone, and the file with it.
    }
  }
}

function placeOf(begun: LedgerLine | undefined, ledger: string | null): LedgerPlace | null {
  return begun === undefined || ledger === null ? null : { id: ledger, begun: lineHash(JSON.stringify(begun)) };
}

function notSigned(error: unknown): ReasonReport {
  return {
    code: 'not-signed',
    message: `this run is not signed: ${messageOf(error)}`,
    phase: null,
    hint: 'mend that, then sign the run with: drill evidence sign',
  };
}
