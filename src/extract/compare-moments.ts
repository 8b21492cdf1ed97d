import { DrillError } from '../core/errors.ts';
import { shownTable } from '../postgres/identifier.ts';
import { inBatches, type RowBatches } from '../postgres/keyed-rows.ts';
import type { Sessions } from '../postgres/sessions.ts';
import type { Table } from './catalog.ts';
import { commonColumns, countDifferences } from './compare-states.ts';
import { differenceIn, type Differences } from './differences.ts';
import { isOrderedAlike, keyedSql } from './keyed-sql.ts';
import { findTables } from './named-tables.ts';
import { digestSettings } from './row-digest.ts';
import type { RowFile } from './row-file.ts';
import type { TableName } from './table-name.ts';

/** The table that is looked at at both moments. */
export interface LookedAt {
  readonly name: TableName;
  /** Null: the database that has it. */
  readonly database: string | null;
  readonly where: string | null;
  /** What the two moments are called. */
  readonly moments: readonly [string, string];
}

/** The table at the first moment, with its rows in a file. */
export interface FirstMoment {
  readonly database: string;
  readonly table: Table;
}

/** Writes the rows of the table into a file, in the order of its key. Throws `not-found` where it is not there. */
export async function keepRows(sessions: Sessions, looked: LookedAt, file: RowFile): Promise<FirstMoment> {
  const { database, table } = await tableAt(sessions, looked, `at ${looked.moments[0]}`);
  const columns = table.columns.map(({ name }) => name);
  await withRows(sessions, { database, table, columns, where: looked.where }, async (rows) => {
    for await (const batch of rows) file.write(batch);
  });
  return { database, table };
}

/** Compares the table with its rows at the first moment. Throws `not-found` where it is not there any more. */
export async function compareWithRows(
  sessions: Sessions,
  looked: LookedAt,
  { first, file, limit }: { readonly first: FirstMoment; readonly file: RowFile; readonly limit: number },
): Promise<Differences> {
  const { database, table } = await tableAt(
    sessions,
    { ...looked, database: first.database },
    `at ${looked.moments[1]}`,
  );
  const [was, is] = [first.table, table].map((one) => one.columns.map(({ name }) => name)) as [string[], string[]];
  const { columns, notes } = commonColumns(was, is, 'the second moment');
  requireSameKey(first.table, table, notes.length > 0);
  const { key } = table;
  return withRows(sessions, { database, table, columns, where: looked.where }, async (rows) => {
    const comparing = { table, key, columns, where: looked.where };
    // The hash of the server is over all columns of its moment; what is compared are those that both have.
    const before = byValues(
      file.read(),
      key.length,
      columns.map((name) => was.indexOf(name)),
    );
    const after = byValues(rows, key.length, [...columns.keys()]);
    const { first: pairs, ...counted } = await countDifferences(comparing, { before, after }, { limit, notes });
    return { ...counted, shown: pairs.flatMap((pair) => differenceIn(pair, columns) ?? []) };
  });
}

async function tableAt(sessions: Sessions, { name, database }: LookedAt, when: string): Promise<FirstMoment> {
  const found = await findTables(sessions, [name], { database, when });
  const [table] = found.tables;
  if (table === undefined) throw new Error('a table was found and is not there');
  return { database: found.database, table };
}

function requireSameKey(before: Table, after: Table, columnsDiffer: boolean): void {
  const isSame = isSameKey(before.key, after.key) && !(columnsDiffer && after.key.length === 0);
  if (isSame) return;
  throw new DrillError(
    'plan-invalid',
    `${shownTable(after)} has another primary key or other columns at the second moment, so its rows cannot be paired`,
    { hint: 'take both states with drill table, and compare them with SQL' },
  );
}

function isSameKey(before: Table['key'], after: Table['key']): boolean {
  if (before.length !== after.length) return false;
  return before.every((column, index) => {
    const other = after[index];
    return other !== undefined && other.name === column.name && isOrderedAlike(column, other);
  });
}

interface Reading extends FirstMoment {
  readonly columns: readonly string[];
  readonly where: string | null;
}

/** Reads all rows of one state. */
async function withRows<T>(
  sessions: Sessions,
  { database, table, columns, where }: Reading,
  work: (rows: RowBatches) => Promise<T>,
): Promise<T> {
  await using session = await sessions.of(database);
  await session.execute(`${digestSettings('set')}; begin transaction isolation level repeatable read read only`);
  const ask = async (sql: string): Promise<(string | null)[][]> => {
    const answer = await session.attempt(sql);
    if ('rows' in answer) return answer.rows.map((row) => [...row]);
    throw new DrillError('plan-invalid', `the rows cannot be read: ${answer.refused}`, {
      hint: 'look at --where: it is a condition as it stands behind WHERE',
    });
  };
  return await work(inBatches(ask, keyedSql({ table, key: table.key, columns, where }, true)));
}

/** Rows by the values at some places, which stand for their hash. Rows without a key are counted as they are. */
async function* byValues(rows: RowBatches, keyLength: number, places: readonly number[]): RowBatches {
  for await (const batch of rows) {
    if (keyLength === 0) {
      yield batch;
      continue;
    }
    yield batch.map((row) => {
      const values = places.map((place) => row[keyLength + 1 + place] ?? null);
      return [...row.slice(0, keyLength), JSON.stringify(values), ...values];
    });
  }
}
