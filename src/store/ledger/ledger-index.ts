import { DatabaseSync } from 'node:sqlite';
import type { CopyIdentity } from '../../report/copy.ts';
import type { EarlierRun } from '../earlier-run.ts';
import type { EndBefore, EndQuestion } from './index-answers.ts';
import { lineHash, parseLine, type LedgerLine } from './line.ts';
import type { LedgerFile } from './ledger-file.ts';
import type {
  LedgerHead,
  OpenRun,
  DrillNumbers,
  DrillOnRecord,
  MissedDue,
  LinePosition,
  EndedRun,
  SeriesQuestion,
  CopyQuestion,
  ProvenTurn,
  TallyQuestion,
} from './index-answers.ts';
import { FORMAT } from './index-tables.ts';
import { noteLine } from './note-line.ts';
import { onRecordIn } from './on-record.ts';
import { tallyIn } from './tally.ts';

/** Of a run that began before another one. Two of one second have ids in any order. */
const BEFORE = '(started_at, run) < (:startedAt, :runId)';

/**
 * What a writer needs of a ledger without reading all of it, in a database beside it: what a line costs does not depend on
 * how many there are. The ledger alone is the truth: whatever of this is missing, or does not fit the ledger, is made anew
 * from it.
 */
export class LedgerIndex {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  head(): LedgerHead {
    return this.#database
      .prepare('select lines, unreadable, last_start as lastStart, size, hash from head')
      .get() as unknown as LedgerHead;
  }

  /** How many runs of a drill there are. */
  numberOf(drill: string): number {
    const row = this.#database.prepare('select number from drills where name = ?').get(drill);
    return Number(row?.['number'] ?? 0);
  }

  openRuns(): OpenRun[] {
    return this.#database
      .prepare("select run, drill, number, started_at as startedAt from all_unended where state = 'begun' order by run")
      .all() as unknown as OpenRun[];
  }

  /** Runs without a report, and what became of them. */
  unended(): (OpenRun & { readonly state: 'begun' | 'lost' | 'withdrawn' })[] {
    return this.#database
      .prepare('select run, drill, number, started_at as startedAt, state from unended order by started_at')
      .all() as unknown as (OpenRun & { readonly state: 'begun' | 'lost' | 'withdrawn' })[];
  }

  /** The runs that have ended, in the order of their beginning, in short. */
  ended(drill: string | null): EndedRun[] {
    return this.#database
      .prepare(
        `select run, drill, repo, rto_ms as rtoMs, start, length from runs
         where coalesce(drill = ?, true) order by started_at, run`,
      )
      .all(drill) as unknown as EndedRun[];
  }

  /** The runs of fallbacks that have ended, in the same order. */
  fallbacks(drill: string | null): EndedRun[] {
    return this.#database
      .prepare(
        `select run, drill, repo, rto_ms as rtoMs, start, length from all_runs
         where fallback_of is not null and coalesce(drill = ?, true) order by started_at, run`,
      )
      .all(drill) as unknown as EndedRun[];
  }

  /** The names of all runs, as `drill/run`: those without a report too, and those of fallbacks. */
  names(): string[] {
    const rows = this.#database
      .prepare('select drill, run from all_runs union select drill, run from all_unended')
      .all();
    return rows.map(({ drill, run }) => `${String(drill)}/${String(run)}`);
  }

  /** The last passed runs of a series before another run, the newest first; at most `most`. */
  passedOf({ series, before, most }: SeriesQuestion): EndedRun[] {
    return this.#database
      .prepare(
        `select run, drill, repo, rto_ms as rtoMs, start, length from runs
         where series = :series and verdict = 'passed' and ${BEFORE}
         order by started_at desc, run desc limit :most`,
      )
      .all({ series, most, ...before }) as unknown as EndedRun[];
  }

  /**
   * What is on record of a drill by now; `repositories`: those that it goes to, null among them is any. A run that was refused for
   * what was typed is none.
   */
  lastOfDrill(drill: string, now: Date, repositories: readonly (number | null)[] = [null]): DrillOnRecord {
    return onRecordIn(this.#database, drill, now, repositories);
  }

  /** What came last of a drill before one of its runs. A run that was killed may have been from any repository. */
  endBefore({ drill, repo, before }: EndQuestion): EndBefore | null {
    const row = this.#database
      .prepare(
        `select verdict as state, run, started_at as at from runs
           where drill = :drill and ${BEFORE} and coalesce(repo = :repo, true)
         union all select 'lost', run, started_at from unended where drill = :drill and ${BEFORE} and state = 'lost'
         union all select 'missed', null, due_at from missed where drill = :drill
         order by at desc limit 1`,
      )
      .get({ drill, repo, ...before });
    return (row as unknown as EndBefore | undefined) ?? null;
  }

  /** What is on record as missed, of one drill or of all, in order. */
  missed(drill: string | null): MissedDue[] {
    return this.#database
      .prepare('select drill, due_at as dueAt from missed where coalesce(drill = ?, true) order by due_at, drill')
      .all(drill) as unknown as MissedDue[];
  }

  /** What a drill has come to in numbers, and its last runs. */
  tally(question: TallyQuestion): DrillNumbers {
    return tallyIn(this.#database, question);
  }

  /** Where the ledger tells of sign-offs, of one run or of all, oldest first. */
  signOffs(of: { readonly drill: string; readonly run: string } | null): LinePosition[] {
    return this.#database
      .prepare(`select start, length from sign_offs where coalesce(drill = :drill and run = :run, true) order by start`)
      .all({ drill: of?.drill ?? null, run: of?.run ?? null }) as unknown as LinePosition[];
  }

  /** Where the ledger tells of self-tests, oldest first. */
  selfTests(): LinePosition[] {
    const found = this.#database.prepare('select start, length from self_tests order by start').all();
    return found as unknown as LinePosition[];
  }

  has(drill: string, run: string): boolean {
    return this.#database.prepare('select 1 from all_runs where run = ? and drill = ?').get(run, drill) !== undefined;
  }

  /**
   * The last run that drilled a copy before another run, of those of one verdict or of all. A fallback that failed counts, since it
   * speaks against the copy; one that passed does not.
   */
  lastOf(copy: CopyIdentity, about: CopyQuestion): EarlierRun | null {
    const { stanza, systemId, before, verdict } = about;
    // An index is of use only where the verdict is compared as it is.
    const ofVerdict = verdict === null ? '' : 'and verdict = :verdict';
    const row = this.#database
      .prepare(
        `select run as runId, started_at as startedAt, verdict, backup from all_runs
         where (fallback_of is null or verdict = 'failed') and stanza = :stanza and repo = :key and ${BEFORE} ${ofVerdict}
           and host is :host and coalesce(type = :type, true) and coalesce(location = :location, true)
           and coalesce(system_id = :systemId, true)
         order by started_at desc, run desc limit 1`,
      )
      .get({
        stanza,
        systemId,
        ...before,
        ...(verdict === null ? {} : { verdict }),
        key: copy.key,
        host: copy.host,
        type: copy.type,
        location: copy.location,
      });
    return (row as unknown as EarlierRun | undefined) ?? null;
  }

  /** When each age of backup and kind of target of a copy was drilled and proven for the last time. */
  turnsOf(copy: CopyIdentity, { stanza, systemId }: Pick<CopyQuestion, 'stanza' | 'systemId'>): ProvenTurn[] {
    return this.#database
      .prepare(
        `select age, target, max(started_at) as lastTriedAt,
           max(case verdict when 'passed' then started_at end) as lastPassedAt from runs
         where stanza = :stanza and repo = :key
           and host is :host and coalesce(type = :type, true) and coalesce(location = :location, true)
           and coalesce(system_id = :systemId, true)
         group by age, target`,
      )
      .all({ stanza, systemId, ...copy }) as unknown as ProvenTurn[];
  }

  /** Takes in lines at the end of the ledger; null stands for one that cannot be read, and stays where it is. */
  take(lines: readonly { readonly line: LedgerLine | null; readonly text: string }[]): void {
    this.#database.exec('begin');
    let { size } = this.head();
    const move = this.#database.prepare(
      'update head set lines = lines + 1, unreadable = unreadable + ?, last_start = ?, size = ?, hash = ?',
    );
    for (const { line, text } of lines) {
      const length = Buffer.byteLength(text);
      if (line) noteLine(this.#database, line, { start: size, length });
      move.run(line ? 0 : 1, size, size + length + 1, lineHash(text));
      size += length + 1;
    }
    this.#database.exec('commit');
  }

  /** All that it says, as text: two of the same ledger say the same. */
  content(): string {
    const tables = [
      'drills order by name',
      'all_unended order by run, drill',
      'all_runs order by run, drill',
      'sign_offs order by start',
      'missed order by drill, due_at',
      'self_tests order by start',
    ];
    return JSON.stringify(tables.map((table) => this.#database.prepare(`select * from ${table}`).all()));
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
    const texts = file.read(this.head().size, file.endOfLines()).toString('utf8').split('\n').slice(0, -1);
    if (texts.length > 0) this.take(texts.map((text) => ({ text, line: readable(text) })));
  }
}

function readable(text: string): LedgerLine | null {
  try {
    return parseLine(text);
  } catch {
    return null; // It stays where it is; `drill evidence verify` names it.
  }
}
