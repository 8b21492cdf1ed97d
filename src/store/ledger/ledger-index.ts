import { DatabaseSync } from 'node:sqlite';
import { existsSync, rmSync } from 'node:fs';
import type { CopyIdentity } from '../../report/copy.ts';
import type { EarlierRun } from '../earlier-run.ts';
import { lineHash, parseLine, type LedgerLine } from './line.ts';
import type { LedgerFile } from './ledger-file.ts';

/** Rises when the tables change, or what is put into them. */
const FORMAT = 1;

const TABLES = `
  create table head (format integer, lines integer, last_start integer, size integer, hash text);
  create table drills (name text primary key, number integer) without rowid;
  create table open_runs (run text primary key, drill text, number integer, started_at text) without rowid;
  create table runs (
    run text primary key, started_at text, verdict text, stanza text, system_id text, backup text,
    repo integer, type text, host text, location text
  ) without rowid;
  create index by_copy on runs (stanza, repo, verdict, run);
  insert into head values (${FORMAT}, 0, 0, 0, null);`;

/** Where a ledger ends. */
export interface LedgerHead {
  readonly lines: number;
  readonly size: number;
  /** Of the last line; null: there is none. */
  readonly hash: string | null;
}

/** A run that has begun and not ended, as far as the ledger tells. */
export interface OpenRun {
  readonly run: string;
  readonly drill: string;
  readonly number: number;
  readonly startedAt: string;
}

/**
 * What a writer needs of a ledger without reading all of it, in a database beside it: what a line costs does not depend on
 * how many there are. The ledger alone is the truth: whatever of this is missing, or does not fit the ledger, is made anew
 * from it. Used by whoever holds the lock of the ledger.
 */
export class LedgerIndex {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  head(): LedgerHead {
    const { lines, size, hash } = this.#database.prepare('select lines, size, hash from head').get() as unknown as {
      lines: number;
      size: number;
      hash: string | null;
    };
    return { lines, size, hash };
  }

  /** How many runs of a drill there are. */
  numberOf(drill: string): number {
    const row = this.#database.prepare('select number from drills where name = ?').get(drill);
    return Number(row?.['number'] ?? 0);
  }

  openRuns(): OpenRun[] {
    return this.#database
      .prepare('select run, drill, number, started_at as startedAt from open_runs order by run')
      .all() as unknown as OpenRun[];
  }

  has(run: string): boolean {
    return this.#database.prepare('select 1 from runs where run = ?').get(run) !== undefined;
  }

  /** The last run that drilled a copy before another run, of those that passed or of all. */
  lastOf(copy: CopyIdentity, about: CopyQuestion): EarlierRun | null {
    const { stanza, systemId, before, passed } = about;
    const row = this.#database
      .prepare(
        `select run as runId, started_at as startedAt, verdict, backup from runs
         where stanza = :stanza and repo = :key and run < :before ${passed ? "and verdict = 'passed'" : ''}
           and host is :host and coalesce(type = :type, true) and coalesce(location = :location, true)
           and coalesce(system_id = :systemId, true)
         order by run desc limit 1`,
      )
      .get({ stanza, systemId, before, key: copy.key, host: copy.host, type: copy.type, location: copy.location });
    return (row as unknown as EarlierRun | undefined) ?? null;
  }

  /** Takes in lines that were written at the end of the ledger, with the offset that each begins at. */
  take(lines: readonly { readonly line: LedgerLine; readonly text: string }[]): void {
    this.#database.exec('begin');
    let { size } = this.head();
    for (const { line, text } of lines) {
      this.#note(line);
      const next = size + Buffer.byteLength(text) + 1;
      this.#database
        .prepare('update head set lines = ?, last_start = ?, size = ?, hash = ?')
        .run(line.line, size, next, lineHash(text));
      size = next;
    }
    this.#database.exec('commit');
  }

  close(): void {
    this.#database.close();
  }

  /** Whether the last line that is known stands where it stood. */
  fits(file: LedgerFile): boolean {
    const row = this.#database.prepare('select format, last_start, size, hash from head').get();
    const [start, size] = [Number(row?.['last_start']), Number(row?.['size'])];
    if (row?.['format'] !== FORMAT || size > file.size) return false;
    return size === 0 || lineHash(file.read(start, size - 1)) === row['hash'];
  }

  /** Takes in what the ledger has behind the last line that is known: whoever wrote it may have died before this. */
  readOn(file: LedgerFile): void {
    const { size, lines } = this.head();
    const texts = file.read(size, file.endOfLines()).toString('utf8').split('\n').slice(0, -1);
    const fallback = (index: number): LedgerLine => ({
      v: 1,
      line: lines + index + 1,
      previous: null,
      at: new Date(0).toISOString(),
      kind: 'repaired',
      removed: '',
      bytes: 0,
    });
    if (texts.length === 0) return;
    this.take(texts.map((text, index) => ({ text, line: readable(text) ?? fallback(index) })));
  }

  #note(line: LedgerLine): void {
    const run = (sql: string, values: Record<string, string | number | null>): void =>
      void this.#database.prepare(sql).run(values);
    if (line.kind === 'opened' || line.kind === 'repaired') return;
    run(
      `insert into drills values (:drill, :number)
       on conflict (name) do update set number = max(number, excluded.number)`,
      { drill: line.drill, number: line.number },
    );
    if (line.kind === 'begun') {
      run('insert or replace into open_runs values (:run, :drill, :number, :at)', {
        run: line.run,
        drill: line.drill,
        number: line.number,
        at: line.startedAt,
      });
      return;
    }
    run('delete from open_runs where run = :run', { run: line.run });
    if (line.kind !== 'ended') return;
    run(
      'insert or replace into runs values (:run, :at, :verdict, :stanza, :systemId, :backup, :key, :type, :host, :location)',
      {
        run: line.run,
        at: line.startedAt,
        verdict: line.verdict,
        stanza: line.stanza,
        systemId: line.systemId,
        backup: line.backup?.label ?? null,
        key: line.copy?.key ?? null,
        type: line.copy?.type ?? null,
        host: line.copy?.host ?? null,
        location: line.copy?.location ?? null,
      },
    );
  }
}

/** What is asked about a copy: of which cluster, before which run, and whether only runs that passed count. */
export interface CopyQuestion {
  readonly stanza: string;
  /** Null: not known, which agrees with every one. */
  readonly systemId: string | null;
  readonly before: string;
  readonly passed: boolean;
}

function readable(text: string): LedgerLine | null {
  try {
    return parseLine(text);
  } catch {
    return null; // It stays where it is; `drill evidence verify` names it.
  }
}

/**
 * Opens the index of a ledger and brings it up to date. `before`: the head that it knew, where the ledger is another one by
 * now.
 */
export function openIndex(path: string, file: LedgerFile): { index: LedgerIndex; before: LedgerHead | null } {
  const known = openIfSound(path);
  if (known?.fits(file)) {
    known.readOn(file);
    return { index: known, before: null };
  }
  const before = known?.head() ?? null;
  known?.close();
  rmSync(path, { force: true });
  const database = connect(path);
  database.exec(TABLES);
  const index = new LedgerIndex(database);
  index.readOn(file);
  return { index, before };
}

function openIfSound(path: string): LedgerIndex | null {
  if (!existsSync(path)) return null;
  let database: DatabaseSync | null = null;
  try {
    database = connect(path);
    if (database.prepare('select format from head').get()?.['format'] === FORMAT) return new LedgerIndex(database);
  } catch {
    // It is broken, or was never finished.
  }
  database?.close();
  return null;
}

/** What is in it can be made anew, so nothing waits for the disk. */
function connect(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  database.exec('pragma journal_mode = memory; pragma synchronous = off');
  return database;
}
