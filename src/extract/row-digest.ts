import { DrillError } from '../core/errors.ts';
import { comparedSettings } from '../postgres/compared-settings.ts';
import { identifier } from '../postgres/identifier.ts';

/** How many rows there are, and a hash of them that does not depend on their order. */
export interface RowDigest {
  readonly rows: number;
  /** 32 hexadecimal digits. */
  readonly hash: string;
}

/** What is asked: the rows of a table, or those that a condition holds for. */
export interface AskedRows {
  /** The table as SQL takes it. */
  readonly from: string;
  /** The columns that count. */
  readonly columns: readonly string[];
  /** A condition in SQL; null: all rows. */
  readonly where: string | null;
  /** Whether the bytes of UTF-8 are hashed in the place of those that the database has. */
  readonly inUtf8?: boolean;
}

/** A whole row as one text, of the columns that count. */
export function rowText(columns: readonly string[]): string {
  return `row(${columns.map(identifier).join(', ')})::text`;
}

/** `from` and `where` of a query of those rows. */
export function rowsFrom({ from, where }: Pick<AskedRows, 'from' | 'where'>): string {
  // The line break ends a comment at the end of a condition.
  return `from ${from}${where === null ? '' : ` where (${where}\n)`}`;
}

/**
 * A query with one row: the number of rows, and two sums over the halves of the MD5 of each. A sum, unlike an exclusive or, sees a row that
 * is there twice.
 */
export function digestSql(asked: AskedRows): string {
  const text = asked.inUtf8 === true ? `convert_to(${rowText(asked.columns)}, 'UTF8')` : rowText(asked.columns);
  return `select count(*), ${sumOfHalf(1)}, ${sumOfHalf(17)} from (select md5(${text}) as h ${rowsFrom(asked)}) as hashed`;
}

function sumOfHalf(from: 1 | 17): string {
  return `coalesce(sum(('x' || substr(h, ${from}, 16))::bit(64)::bigint::numeric), 0)`;
}

/** What the answer to {@link digestSql} says. */
export function digestIn(row: readonly (string | null)[] | undefined): RowDigest {
  const [rows, first, second] = row ?? [];
  return { rows: Number(rows ?? 0), hash: `${digits(first)}${digits(second)}` };
}

/** A sum over halves of hashes, as far as 64 bits hold it. */
function digits(sum: string | null | undefined): string {
  return BigInt.asUintN(64, BigInt(sum ?? '0'))
    .toString(16)
    .padStart(16, '0');
}

/** Where names without a schema are looked for while rows are compared. */
export const SEARCH_PATH = 'pg_catalog, public';

/** Statements by which one row has one text, wherever it is asked. */
export function digestSettings(verb: 'set' | 'set local'): string {
  return `${comparedSettings(verb)}; ${verb} search_path = ${SEARCH_PATH}`;
}

interface Answers {
  execute(statements: string): Promise<void>;
  attempt(
    sql: string,
  ): Promise<{ readonly rows: readonly (readonly (string | null)[])[] } | { readonly refused: string }>;
}

/** Counts and hashes rows of the copy. Throws `plan-invalid` for a condition that the server does not understand. */
export async function digestRows(database: Answers, asked: AskedRows): Promise<RowDigest> {
  await database.execute(digestSettings('set'));
  const answer = await database.attempt(digestSql(asked));
  if ('rows' in answer) return digestIn(answer.rows[0]);
  if (asked.where === null) throw new DrillError('table-not-dumped', `${asked.from} cannot be read: ${answer.refused}`);
  throw new DrillError('plan-invalid', `--where is refused by PostgreSQL: ${answer.refused}`, {
    hint: 'write a condition as it stands behind WHERE, such as --where "placed_at >= \'2026-05-13\'"',
  });
}

/** Whether two say the same. */
export function isSame(one: RowDigest, other: RowDigest): boolean {
  return one.rows === other.rows && one.hash === other.hash;
}
