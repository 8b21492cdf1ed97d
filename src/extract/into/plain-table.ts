import { columnList, identifier, qualified } from '../../postgres/identifier.ts';
import type { LoadTarget } from '../../postgres/load-target.ts';
import { literal } from '../../postgres/literal.ts';
import type { SourceTable } from './source-table.ts';
import type { WantedType } from './wanted-type.ts';

/** A column as it is made on another server. */
export interface PlainColumn {
  readonly name: string;
  /** The type as that server writes it, and its number there. */
  readonly type: string;
  readonly oid: string;
  readonly isRequired: boolean;
  /** Whether nothing but the server's own code orders and compares its values. */
  readonly isBuiltIn: boolean;
  /** Whether it is text in the place of a type that is not there. */
  readonly isInstead: boolean;
}

/** All that a table there has: columns, NOT NULL and a primary key. Nothing of it is text that the copy has written. */
export interface PlainTable {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly PlainColumn[];
  /** Empty: none. */
  readonly key: readonly string[];
}

const TEXT: WantedType = { type: { kind: 'built-in', name: 'text' }, isArray: false, modifier: -1 };

/** The table as that server can have it, by the types that are there. Throws what the server says. */
export async function plainTable(
  target: LoadTarget,
  schema: string,
  { name, columns, key }: SourceTable,
): Promise<PlainTable> {
  const plain: PlainColumn[] = [];
  for (const column of columns) {
    const found = column.wanted === null ? null : await typeThere(target, column.wanted);
    const { type, oid } = found ?? (await textThere(target));
    plain.push({
      name: column.name,
      type,
      oid,
      isRequired: column.isRequired,
      isBuiltIn: found !== null && column.wanted?.type.kind === 'built-in',
      isInstead: found === null,
    });
  }
  const hasKey = key.every((one) => plain.some((column) => column.name === one && column.isBuiltIn));
  return { schema, name, columns: plain, key: hasKey ? key : [] };
}

async function textThere(target: LoadTarget): Promise<{ readonly type: string; readonly oid: string }> {
  const found = await typeThere(target, TEXT);
  if (found === null) throw new Error('a server without the type text');
  return found;
}

/** Looks for a type by its name; null: there is none, or an enumeration with other labels. */
async function typeThere(
  target: LoadTarget,
  { type, isArray, modifier }: WantedType,
): Promise<{ readonly type: string; readonly oid: string } | null> {
  if (!Number.isInteger(modifier)) return null;
  const oid = isArray ? 't.typarray' : 't.oid';
  const [row, another] = await target.rows(`
    select ${oid}::pg_catalog.text, pg_catalog.format_type(${oid}, ${modifier}),
      (select pg_catalog.json_agg(l.enumlabel order by l.enumsortorder)::pg_catalog.text
        from pg_catalog.pg_enum l where l.enumtypid = t.oid)
    from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace
    where t.typname = ${literal(type.name)} and ${isThat(type)}`);
  const [found, text, labels] = row ?? [];
  if (found === undefined || found === null || found === '0' || another !== undefined) return null;
  if (type.kind === 'enum' && JSON.stringify(JSON.parse(labels ?? '[]')) !== JSON.stringify(type.labels)) return null;
  return { oid: found, type: text ?? '' };
}

function isThat(type: WantedType['type']): string {
  switch (type.kind) {
    case 'built-in':
      return "n.nspname = 'pg_catalog' and t.typtype in ('b', 'r', 'm')";
    case 'enum':
      return `n.nspname = ${literal(type.schema)} and t.typtype = 'e'`;
    case 'extension':
      return `t.typtype = 'b' and exists (select from pg_catalog.pg_depend d join pg_catalog.pg_extension x on x.oid = d.refobjid
        where d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass and d.objid = t.oid
          and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass and d.deptype = 'e'
          and x.extname = ${literal(type.extension)})`;
  }
}

/** The statement that makes it. */
export function createTableSql({ columns, key, ...table }: PlainTable): string {
  const lines = columns.map(
    ({ name, type, isRequired }) => `${identifier(name)} ${type}${isRequired ? ' not null' : ''}`,
  );
  const last = key.length === 0 ? [] : [`primary key ${columnList(key)}`];
  return `create table ${qualified(table)} (${[...lines, ...last].join(', ')})`;
}

/** The statement that takes its rows. */
export function copyInSql({ columns, ...table }: PlainTable): string {
  return `copy ${qualified(table)} ${columnList(columns.map(({ name }) => name))} from stdin`;
}

/** The statement that gives them, asked of the copy: those of partitions and children as well, and values that are made of others. */
export function copyOutSql({ table, columns }: SourceTable): string {
  return `copy (select ${columns.map(({ name }) => identifier(name)).join(', ')} from ${qualified(table)}) to stdout`;
}

/**
 * Asks the server whether a table is what was asked for, and nothing more: a name may have been cut, and an extension may have put
 * something to it. Gives what is other; null: nothing.
 */
export async function oddityOf(target: LoadTarget, { schema, name, columns }: PlainTable): Promise<string | null> {
  const where = `n.nspname::pg_catalog.text = ${literal(schema)} and c.relname::pg_catalog.text = ${literal(name)}`;
  const from = 'pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace';
  const [about] = await target.rows(`
    select c.relkind = 'r' and c.relpersistence = 'p', c.relhastriggers or c.relhasrules or c.relrowsecurity,
      exists (select from pg_catalog.pg_attrdef d where d.adrelid = c.oid)
      or exists (select from pg_catalog.pg_constraint k where k.conrelid = c.oid and k.contype not in ('p', 'n'))
    from ${from} where ${where}`);
  if (about === undefined) return 'it has another name there: names are cut after 63 bytes';
  const [isPlain, acts, hasMore] = about;
  if (isPlain !== 't') return 'it is no ordinary table there';
  if (acts === 't' || hasMore === 't') return 'the server has put something to it that was not asked for';
  const there = await target.rows(`
    select a.attname, a.atttypid::pg_catalog.text
    from ${from} join pg_catalog.pg_attribute a on a.attrelid = c.oid
    where ${where} and a.attnum > 0 and not a.attisdropped order by a.attnum`);
  const asked = columns.map((column) => [column.name, column.oid]);
  return JSON.stringify(there) === JSON.stringify(asked) ? null : 'its columns are others there than were asked for';
}
