import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { makeWithParents } from '../../core/directories.ts';
import { version } from '../../core/version.ts';
import type { CopyIdentity } from '../../report/copy.ts';
import type { EarlierRun } from '../earlier-run.ts';
import { chained } from './chained.ts';
import { LedgerFile } from './ledger-file.ts';
import { type LedgerIndex } from './ledger-index.ts';
import type { CopyQuestion, DrillOnRecord, LedgerHead, OpenRun } from './index-answers.ts';
import { openIndex } from './open-index.ts';
import { requireOwnLedger } from './own-ledger.ts';
import { lineHash, parseLine, type LedgerEntry, type LedgerLine } from './line.ts';
import { waitForLock } from '../../core/file-lock.ts';

/** The ledger of a directory of reports. */
export const LEDGER_FILE = 'ledger.jsonl';
const LOCK_FILE = '.ledger.lock';
export const INDEX_FILE = '.ledger.index';

/** The last line of a ledger. */
export interface LedgerEnd {
  /** The id of the ledger. */
  readonly ledger: string;
  readonly lines: number;
  /** Where the last line begins in the file, and where it ends with its newline. */
  readonly start: number;
  readonly end: number;
  readonly sha256: string;
}

/** What is known of the ledger when entries are made for it. */
export interface LedgerState {
  /** The number that the next run of a drill gets. */
  nextNumber(drill: string): number;
  /** Whether a run has ended, or was lost, on record. */
  has(drill: string, run: string): boolean;
  readonly openRuns: readonly OpenRun[];
  /** What is on record of the runs of a drill by now. */
  lastOfDrill(drill: string, now: Date): DrillOnRecord;
}

/**
 * The record of all runs below a directory of reports: a file with a line for everything that happened, each with the hash
 * of the line before it. Lines are only ever added, by one writer at a time, of however many processes and machines; each is
 * whole and on disk before its writer goes on. What a power cut left of a line is taken off, and that is put on record.
 */
export class Ledger {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  get path(): string {
    return join(this.directory, LEDGER_FILE);
  }

  /**
   * Adds what `make` gives, which is called once with what the ledger holds while nobody else can write to it. Gives the
   * lines as they were written. Throws `reports-not-writable` where the ledger is another user's.
   */
  async append(make: (state: LedgerState) => readonly LedgerEntry[], now = new Date()): Promise<LedgerLine[]> {
    makeWithParents(this.directory, 0o700);
    this.requireOwn();
    return this.whileLocked(() => this.#appendLocked(make, now));
  }

  /** Throws `reports-not-writable` where the ledger is another user's; leaves nothing there. */
  requireOwn(): void {
    requireOwnLedger(this.path);
  }

  /** The last run that drilled a copy, of those before another run; null: the ledger knows of none. */
  async lastOf(questions: readonly (CopyQuestion & { readonly copy: CopyIdentity })[]): Promise<(EarlierRun | null)[]> {
    if (!existsSync(this.path)) return questions.map(() => null);
    return this.whileLocked(() =>
      this.#withIndex(({ index }) => questions.map(({ copy, ...about }) => index.lastOf(copy, about))),
    );
  }

  /** Where the ledger ends now; null: there is none. */
  async end(): Promise<LedgerEnd | null> {
    const ledger = this.id();
    if (ledger === null) return null;
    const { lines, lastStart, size, hash } = await this.whileLocked(() => this.#withIndex(({ index }) => index.head()));
    return hash === null ? null : { ledger, lines, start: lastStart, end: size, sha256: hash };
  }

  /** Whether a line stands where it once stood. Asked while nobody else can write. */
  hasLine({ start, end, sha256 }: Pick<LedgerEnd, 'start' | 'end' | 'sha256'>): boolean {
    const file = LedgerFile.toRead(this.path);
    try {
      return end <= file.size && lineHash(file.read(start, end - 1)) === sha256;
    } finally {
      file.close();
    }
  }

  /** The id that the ledger was opened with; null: there is none, or its first line cannot be read. */
  id(): string | null {
    if (!existsSync(this.path)) return null;
    const file = LedgerFile.toRead(this.path);
    try {
      const start = file.read(0, Math.min(file.size, FIRST_LINE_BYTES)).toString('utf8');
      const line = parseLine(start.slice(0, Math.max(0, start.indexOf('\n'))));
      return line.kind === 'opened' ? line.ledger : null;
    } catch {
      return null;
    } finally {
      file.close();
    }
  }

  /** Calls a function while nobody else can write to the ledger. */
  async whileLocked<T>(use: () => T): Promise<T> {
    const lock = await waitForLock(join(this.directory, LOCK_FILE));
    try {
      return use();
    } finally {
      lock.release();
    }
  }

  #appendLocked(make: (state: LedgerState) => readonly LedgerEntry[], now: Date): LedgerLine[] {
    return this.#withIndex(({ file, index, before }) => {
      const first = [...opening(index, before), ...this.#repair(file)];
      const numbers = new Map<string, number>();
      const made = make({
        nextNumber: (drill) => {
          const next = (numbers.get(drill) ?? index.numberOf(drill)) + 1;
          numbers.set(drill, next);
          return next;
        },
        has: (drill, run) => index.has(drill, run),
        openRuns: index.openRuns(),
        lastOfDrill: (drill, at) => index.lastOfDrill(drill, at),
      });
      const entries = [...first, ...made];
      const { lines, hash } = index.head();
      const written = chained(entries, { lines, hash }, now);
      file.append(written.map(({ text }) => text));
      index.take(written);
      return written.slice(first.length).map(({ line }) => line);
    });
  }

  #withIndex<T>(use: (open: { file: LedgerFile; index: LedgerIndex; before: LedgerHead | null }) => T): T {
    const file = LedgerFile.toAppend(this.path);
    try {
      const place = join(this.directory, INDEX_FILE);
      const { index, before } = openIndex(place, file);
      chmodSync(place, 0o600);
      try {
        return use({ file, index, before });
      } finally {
        index.close();
      }
    } finally {
      file.close();
    }
  }

  /** Takes off what is no whole line at the end: whoever wrote it did not get to the end of it. */
  #repair(file: LedgerFile): LedgerEntry[] {
    const end = file.endOfLines();
    if (end === file.size) return [];
    const torn = file.read(end, file.size);
    file.cut(end);
    return [{ kind: 'repaired', removed: torn.subarray(0, SHOWN_BYTES).toString('utf8'), bytes: torn.length }];
  }
}

const SHOWN_BYTES = 2000;

/** The first line holds an id, a version and a digest. */
const FIRST_LINE_BYTES = 4096;

/** What a ledger begins with. */
function opening(index: LedgerIndex, before: LedgerHead | null): LedgerEntry[] {
  if (index.head().lines > 0) return [];
  const hash = before?.hash ?? null;
  const after = before === null || hash === null ? null : { lines: before.lines, sha256: hash };
  return [{ kind: 'opened', ledger: randomUUID(), pgdrill: version(), after }];
}
