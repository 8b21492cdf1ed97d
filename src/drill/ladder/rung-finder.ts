import { DrillError } from '../../core/errors.ts';
import { formatInstant, type Instant } from '../../core/instant.ts';
import { formatLsn, type Lsn } from '../../postgres/lsn.ts';
import { endsTransaction, isWanted, parseRecord, type WalRecord } from '../../postgres/waldump.ts';
import { rungKind, rungPlace, type RungTarget } from '../../targets/rung.ts';

/** What is looked for: a target, and its gate where it is known before. */
interface Sought {
  readonly target: RungTarget;
  readonly gate: Lsn | null;
}

/** A target that was found. */
export interface FoundRung {
  readonly target: RungTarget;
  /** The first record behind it; null: the one that follows `at`, which no list of transactions tells. */
  readonly gate: Lsn | null;
  /** The record at which it lies; null for a time and an LSN. */
  readonly at: WalRecord | null;
  readonly lastCommit: WalRecord | null;
  readonly lastEndedAt: Instant | null;
  nextCommit: WalRecord | null;
}

/** The end of a transaction in a line of pg_waldump (12 to 18), whose times have six places behind the point. */
const ENDING = /desc: (COMMIT|ABORT)(?:_PREPARED \d+:)? (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}) UTC/;

/**
 * Finds where several targets lie, from lines of pg_waldump in the order of the WAL. Times of commits are not in that order:
 * as PostgreSQL does, a time target lies before the first record in the WAL that ended a transaction after it.
 */
export class RungFinder {
  readonly #times: { readonly target: RungTarget; readonly instant: Instant; readonly text: string }[];
  readonly #positions: { readonly target: RungTarget; readonly gate: Lsn }[];
  readonly #records: RungTarget[];
  readonly #found = new Map<RungTarget, FoundRung>();
  readonly #count: number;
  #commit: string | WalRecord | null = null;
  #ending: string | WalRecord | null = null;
  #awaiting: FoundRung[] = [];
  #fault: DrillError | null = null;

  constructor(sought: readonly Sought[]) {
    this.#count = sought.length;
    this.#times = sought
      .flatMap(({ target }) => {
        const place = rungPlace(target);
        return place.kind === 'moment' ? [{ target, instant: place.at, text: plainText(place.at) }] : [];
      })
      .toSorted((a, b) => compared(a.instant, b.instant));
    this.#positions = sought
      .flatMap(({ target, gate }) => (gate === null ? [] : [{ target, gate }]))
      .toSorted((a, b) => compared(a.gate, b.gate));
    this.#records = sought.flatMap(({ target }) => (rungPlace(target).kind === 'record' ? [target] : []));
  }

  get isDone(): boolean {
    return this.#fault !== null || this.#found.size === this.#count;
  }

  /** Why no recovery can be held at one of the targets; null: nothing is known against it. It is kept, since nobody hears what is thrown at a line. */
  get fault(): DrillError | null {
    return this.#fault;
  }

  get found(): readonly FoundRung[] {
    return [...this.#found.values()];
  }

  /** The targets that were not met. */
  get missed(): readonly RungTarget[] {
    return [...this.#times, ...this.#positions]
      .map(({ target }) => target)
      .concat(this.#records.filter((target) => !this.#found.has(target)));
  }

  /** The end of a transaction that was met last. */
  get last(): WalRecord | null {
    return recordOf(this.#ending);
  }

  /** A line of pg_waldump. Of most it is seen by their text alone that they lie between two targets. */
  push(line: string): void {
    const ending = ENDING.exec(line);
    const isBetween = this.#positions.length + this.#records.length + this.#awaiting.length === 0;
    if (isBetween && ending !== null && (ending[2] ?? '') <= (this.#times[0]?.text ?? '~')) {
      this.#ending = line;
      if (ending[1] === 'COMMIT') this.#commit = line;
      return;
    }
    const record = parseRecord(line);
    if (record !== null) this.#take(record);
  }

  #take(record: WalRecord): void {
    for (let [next] = this.#positions; next && record.lsn >= next.gate; [next] = this.#positions) {
      this.#positions.shift();
      this.#settle(next.target, next.gate, null);
    }
    if (endsTransaction(record)) this.#takeEnding(record);
    for (const target of this.#records) if (isAt(target, record)) this.#meet(target, record);
  }

  #takeEnding(record: WalRecord): void {
    const later = this.#times.findIndex(({ instant }) => record.at === null || record.at <= instant);
    for (const { target } of this.#times.splice(0, later < 0 ? this.#times.length : later))
      this.#settle(target, record.lsn, null);
    this.#ending = record;
    if (record.kind !== 'commit') return;
    for (const rung of this.#awaiting) rung.nextCommit = record;
    this.#awaiting = [];
    this.#commit = record;
  }

  /** A record that a target names. PostgreSQL stops right after it, at the first of its kind. */
  #meet(target: RungTarget, record: WalRecord): void {
    const before = this.#found.get(target);
    if (before?.at) this.#fault ??= ambiguous(target, [before.at, record]);
    else if (record.kind === 'abort') this.#fault ??= rolledBack(target, record);
    else this.#settle(target, null, record);
  }

  #settle(target: RungTarget, gate: Lsn | null, at: WalRecord | null): void {
    const lastCommit = recordOf(this.#commit);
    const lastEndedAt = this.last?.at ?? null;
    const rung: FoundRung = { target, gate, at, lastCommit, lastEndedAt, nextCommit: null };
    this.#found.set(target, rung);
    this.#awaiting.push(rung);
  }
}

function recordOf(line: string | WalRecord | null): WalRecord | null {
  return typeof line === 'string' ? parseRecord(line) : line;
}

function isAt(target: RungTarget, record: WalRecord): boolean {
  const place = rungPlace(target);
  return place.kind === 'record' && isWanted(record, place.wanted);
}

/** A moment as pg_waldump prints it: texts of one form, which are in the order of the times. */
function plainText(instant: Instant): string {
  return formatInstant(instant)
    .replace('T', ' ')
    .replace('Z', '')
    .replace(/(\.\d+)?$/, (part) => (part || '.').padEnd(7, '0'));
}

function compared(a: bigint, b: bigint): number {
  return a < b ? -1 : Number(a > b);
}

function ambiguous(target: RungTarget, met: readonly WalRecord[]): DrillError {
  const text = rungKind(target).text(null);
  return new DrillError(
    'target-ambiguous',
    `${text} is met more than once on the way: at LSN ${met.map(({ lsn }) => formatLsn(lsn)).join(' and ')}`,
    { hint: 'name the one that is meant by its LSN' },
  );
}

function rolledBack(target: RungTarget, { lsn, at }: WalRecord): DrillError {
  const when = at === null ? '' : ` (${formatInstant(at)})`;
  return new DrillError(
    'target-rolled-back',
    `${rungKind(target).text(lsn)} was rolled back${when}, so nothing of it is there`,
    { hint: 'name a transaction that was committed, a time or an LSN' },
  );
}
