import { DrillError } from '../core/errors.ts';
import type { RowBatches } from '../postgres/keyed-rows.ts';
import type { Column } from './catalog.ts';
import { isNumber } from './keyed-sql.ts';

/** A row that is not the same in two states. */
export interface Difference {
  readonly kind: 'added' | 'removed' | 'changed';
  /** The values of its primary key. */
  readonly key: readonly string[];
  /** The columns that differ of a row that was changed, with both values; all columns of another one. */
  readonly values: readonly {
    readonly column: string;
    readonly before: string | null;
    readonly after: string | null;
  }[];
}

/** How two states of a table differ, the first of them being the earlier one. */
export interface Differences {
  readonly table: string;
  /** By what rows were told apart; none: whole rows were counted, since there is no primary key. */
  readonly key: readonly string[];
  readonly counts: {
    readonly same: number;
    readonly added: number;
    readonly removed: number;
    readonly changed: number;
  };
  /** The first of them, in the order of the key. */
  readonly shown: readonly Difference[];
  /** What was not compared, as sentences. */
  readonly notes: readonly string[];
}

/** A row in the order of its key. */
interface KeyedRow {
  readonly key: readonly string[];
  readonly digest: string;
  /** All values, where they were asked for. */
  readonly values: readonly (string | null)[];
}

/** Two rows of one key, or one that is in one state alone. */
export interface Pair {
  readonly before: KeyedRow | null;
  readonly after: KeyedRow | null;
}

/** The order of two keys, the same that the servers were asked for. */
export function compareKeys(key: readonly Column[], one: readonly string[], other: readonly string[]): number {
  for (const [index, column] of key.entries()) {
    const [a, b] = [one[index] ?? '', other[index] ?? ''];
    if (a === b) continue;
    if (isNumber(column)) return BigInt(a) < BigInt(b) ? -1 : 1;
    return Buffer.compare(Buffer.from(a), Buffer.from(b));
  }
  return 0;
}

/** What stands for the key where there is none: the hash of the row. */
const HASH: readonly Column[] = [{ name: 'hash', type: 'text', isGenerated: false }];

/** Walks through two states in the order of their key, and gives each key once. Holds a batch of either at a time. */
export async function* pairs(key: readonly Column[], before: RowBatches, after: RowBatches): AsyncGenerator<Pair> {
  const by = key.length === 0 ? HASH : key;
  const [left, right] = [oneByOne(by, before), oneByOne(by, after)];
  let [one, other] = [await nextOf(left), await nextOf(right)];
  while (one !== null || other !== null) {
    const order = one === null ? 1 : other === null ? -1 : compareKeys(by, one.key, other.key);
    yield { before: order <= 0 ? one : null, after: order >= 0 ? other : null };
    if (order <= 0) one = await nextOf(left);
    if (order >= 0) other = await nextOf(right);
  }
}

/** Rows that are not in the order of their key would be paired wrongly, and not be missed. */
async function* oneByOne(by: readonly Column[], batches: RowBatches): AsyncGenerator<KeyedRow> {
  let last: readonly string[] | null = null;
  for await (const rows of batches) {
    for (const row of rows) {
      const key = row.slice(0, by.length).map((value) => value ?? '');
      const order = last === null ? -1 : compareKeys(by, last, key);
      if (order > 0) throw new Error('the rows do not come in the order of their key');
      if (order === 0) throw notTold(by);
      last = key;
      yield { key, digest: row[by.length] ?? '', values: row.slice(by.length + 1) };
    }
  }
}

function notTold(by: readonly Column[]): DrillError {
  const names = by.map(({ name }) => name).join(', ');
  return new DrillError('plan-invalid', `several rows have the same key (${names}), so rows cannot be paired`, {
    hint: 'compare the states with SQL: take both with drill table',
  });
}

async function nextOf(rows: AsyncGenerator<KeyedRow>): Promise<KeyedRow | null> {
  const { value, done } = await rows.next();
  return done === true ? null : value;
}

/** What a pair adds to the counts. Without a key a row may be there several times, on either side. */
export function countPair(
  counts: { -readonly [Name in keyof Differences['counts']]: number },
  pair: Pair,
  hasKey: boolean,
): void {
  const { before, after } = pair;
  if (!hasKey) {
    const [was, is] = [Number(before?.digest ?? 0), Number(after?.digest ?? 0)];
    counts.same += Math.min(was, is);
    counts.added += Math.max(0, is - was);
    counts.removed += Math.max(0, was - is);
    return;
  }
  if (before === null) counts.added += 1;
  else if (after === null) counts.removed += 1;
  else if (before.digest === after.digest) counts.same += 1;
  else counts.changed += 1;
}

/** A pair as a difference; null: both are the same. */
export function differenceIn({ before, after }: Pair, columns: readonly string[]): Difference | null {
  if (before !== null && after !== null && before.digest === after.digest) return null;
  const kind = before === null ? 'added' : after === null ? 'removed' : 'changed';
  const values = columns
    .map((column, index) => ({
      column,
      before: before?.values[index] ?? null,
      after: after?.values[index] ?? null,
    }))
    .filter((value) => kind !== 'changed' || value.before !== value.after);
  return { kind, key: (before ?? after)?.key ?? [], values };
}
