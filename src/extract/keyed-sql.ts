import { identifier, qualified } from '../postgres/identifier.ts';
import { literal } from '../postgres/literal.ts';
import type { Column, Table } from './catalog.ts';
import { rowsFrom, rowText } from './row-digest.ts';

/** How two states of a table are compared. */
export interface Comparing {
  readonly table: Pick<Table, 'schema' | 'name'>;
  /** The columns of the primary key; none: whole rows are counted. */
  readonly key: readonly Column[];
  /** The columns that both sides have. */
  readonly columns: readonly string[];
  readonly where: string | null;
}

/**
 * Types that every server puts in one order, whatever its collations are; other values are put in the order of their bytes in UTF-8,
 * whatever the encoding of the database is.
 */
const ORDERED: ReadonlySet<string> = new Set(['smallint', 'integer', 'bigint']);

/** Whether values of a key are compared as numbers. */
export function isNumber({ type }: Pick<Column, 'type'>): boolean {
  return ORDERED.has(type);
}

/** Whether the values of two columns of a key come in one order. */
export function isOrderedAlike(one: Pick<Column, 'type'>, other: Pick<Column, 'type'>): boolean {
  return one.type === other.type || (isNumber(one) && isNumber(other));
}

/**
 * The rows of a state in the order of their key: the values of the key, then the MD5 of the row, then, where asked, all values. Without a
 * key the MD5 stands for it, and then how often the row is there.
 */
export function keyedSql({ table, key, columns, where }: Comparing, withValues: boolean): string {
  const from = rowsFrom({ from: qualified(table), where });
  if (key.length === 0)
    return `select md5(${rowText(columns)}), count(*)::text ${from} group by 1 order by md5(${rowText(columns)}) collate "C"`;
  const values = withValues ? columns.map(asText) : [];
  const selected = [...key.map(({ name }) => asText(name)), `md5(${rowText(columns)})`, ...values];
  // By its own name a result would be what ORDER BY means, and a number would be put in the order of its text.
  const named = selected.map((value, index) => `${value} as "pgdrill ${index + 1}"`);
  return `select ${named.join(', ')} ${from} order by ${key.map(orderOf).join(', ')}`;
}

function asText(name: string): string {
  return `${identifier(name)}::text`;
}

function orderOf(column: Column): string {
  return isNumber(column) ? identifier(column.name) : `convert_to(${asText(column.name)}, 'UTF8')`;
}

/** All values of the row with one key. */
export function rowSql({ table, key, columns }: Comparing, values: readonly string[]): string {
  // Of two states one may have a bigint for a smaller number of the other one.
  const found = key.map((column, index) => {
    const type = isNumber(column) ? 'bigint' : column.type;
    return `${identifier(column.name)} = ${literal(values[index] ?? '')}::${type}`;
  });
  const selected = columns.map(asText);
  return `select ${selected.join(', ')} from ${qualified(table)} where ${found.join(' and ')}`;
}
