import type { RowBatches } from '../postgres/keyed-rows.ts';
import { inBatches } from '../postgres/keyed-rows.ts';
import type { AskRows } from '../postgres/production.ts';
import { identifier, shownTable } from '../postgres/identifier.ts';
import type { Column } from './catalog.ts';
import { countPair, differenceIn, pairs, type Difference, type Differences, type Pair } from './differences.ts';
import { keyedSql, rowSql, type Comparing } from './keyed-sql.ts';
import { SEARCH_PATH } from './row-digest.ts';

/** How much is told. */
interface Told {
  /** How many differences are shown. */
  readonly limit: number;
  readonly notes: readonly string[];
}

/**
 * Counts how two states of a table differ and gives the first differences; rows that hold their values are shown as they are. Both come
 * in the order of the key.
 */
export async function countDifferences(
  comparing: Comparing,
  states: { readonly before: RowBatches; readonly after: RowBatches },
  { limit, notes }: Told,
): Promise<Omit<Differences, 'shown'> & { readonly first: readonly Pair[] }> {
  const { key, table } = comparing;
  const counts = { same: 0, added: 0, removed: 0, changed: 0 };
  const first: Pair[] = [];
  for await (const pair of pairs(key, states.before, states.after)) {
    countPair(counts, pair, key.length > 0);
    if (key.length > 0 && first.length < limit && differenceIn(pair, []) !== null) first.push(pair);
  }
  return {
    table: shownTable(table),
    key: key.map(({ name }) => name),
    counts,
    notes: [...notes, ...keyNote(key)],
    first,
  };
}

function keyNote(key: Comparing['key']): string[] {
  if (key.length > 0) return [];
  return [
    'there is no primary key that both states have and that holds for all rows: whole rows were counted, and a row that was changed is one removed and one added',
  ];
}

/** Compares the copy with production, both asked now. What is shown is looked up by the key, in the same states. */
export async function compareAsked(
  comparing: Comparing,
  { copy, production }: { readonly copy: AskRows; readonly production: AskRows },
  told: Told,
): Promise<Differences> {
  const sql = keyedSql(comparing, false);
  const { first, ...counted } = await countDifferences(
    comparing,
    { before: inBatches(copy, sql), after: inBatches(production, sql) },
    told,
  );
  const shown: Difference[] = [];
  for (const { before, after } of first) {
    const values = async (row: Pair['before'], ask: AskRows): Promise<Pair['before']> =>
      row === null ? null : { ...row, values: (await ask(rowSql(comparing, row.key)))[0] ?? [] };
    const pair = { before: await values(before, copy), after: await values(after, production) };
    const difference = differenceIn(pair, comparing.columns);
    if (difference !== null) shown.push(difference);
  }
  return { ...counted, shown };
}

/** The columns that a table has on some server, with their types; null: there is no such table. */
export async function columnsThere(
  ask: AskRows,
  table: Comparing['table'],
): Promise<readonly Pick<Column, 'name' | 'type'>[] | null> {
  const name = `${identifier(table.schema)}.${identifier(table.name)}`.replaceAll("'", "''");
  const [there] = await ask(`select pg_catalog.to_regclass('${name}')`);
  if ((there?.[0] ?? null) === null) return null;
  // A type has one name whatever is in the search path of the comparison.
  await ask("select pg_catalog.set_config('search_path', 'pg_catalog', true)");
  const rows = await ask(
    `select attname, pg_catalog.format_type(atttypid, atttypmod) from pg_catalog.pg_attribute
     where attrelid = '${name}'::regclass and attnum > 0 and not attisdropped order by attnum`,
  );
  await ask(`select pg_catalog.set_config('search_path', '${SEARCH_PATH}', true)`);
  return rows.map(([column, type]) => ({ name: column ?? '', type: type ?? '' }));
}

/** The columns that both have, and what is said of the others. */
export function commonColumns(
  copy: readonly string[],
  other: readonly string[],
  where: string,
): { readonly columns: string[]; readonly notes: string[] } {
  const missing = copy.filter((name) => !other.includes(name));
  const more = other.filter((name) => !copy.includes(name));
  return {
    columns: copy.filter((name) => other.includes(name)),
    notes: [
      ...(missing.length === 0 ? [] : [`not compared, since ${where} has no such column: ${missing.join(', ')}`]),
      ...(more.length === 0 ? [] : [`not compared, since the copy has no such column: ${more.join(', ')}`]),
    ],
  };
}
