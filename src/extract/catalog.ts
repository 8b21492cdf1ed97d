import { DrillError } from '../core/errors.ts';
import type { Database } from '../postgres/database.ts';
import { shownTable } from '../postgres/identifier.ts';
import type { Relation } from './table-name.ts';

/** A column of a table. */
export interface Column {
  readonly name: string;
  readonly type: string;
  /** Its value is made of others, so it is in no dump. */
  readonly isGenerated: boolean;
}

/** A table of the copy, with all that belongs to it. */
export interface Table extends Relation {
  readonly columns: readonly Column[];
  /** The columns of its primary key, in its order; none: it has none, or children by INHERITS, which it does not bind. */
  readonly key: readonly Column[];
  /** Itself, and the partitions or children below it. */
  readonly tree: readonly Member[];
  /** The sequences that belong to it, or that its defaults take values from. */
  readonly sequences: readonly { readonly schema: string; readonly name: string }[];
  /** What of it no dump carries, as sentences. */
  readonly notCarried: readonly string[];
}

/** A table of a tree. */
export interface Member extends Relation {
  readonly isUnlogged: boolean;
}

const RELATIONS = `
  select c.oid::text, n.nspname, c.relname, c.relkind::text
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  order by 2, 3`;

/** Whatever has rows in a database, or looks as if. Throws a DrillError. */
export async function relationsOf(database: Database): Promise<Relation[]> {
  const rows = await database.rows(RELATIONS);
  return rows.map(([oid, schema, name, kind]) => ({
    oid: oid ?? '',
    schema: schema ?? '',
    name: name ?? '',
    kind: kind ?? '',
  }));
}

/** The databases of a cluster that people use. */
export async function databasesOf(database: Database): Promise<string[]> {
  const rows = await database.rows(
    'select datname from pg_database where datallowconn and not datistemplate order by 1',
  );
  return rows.flatMap(([name]) => name ?? []);
}

/** All about one table. Throws a DrillError for a tree with foreign tables, whose rows are elsewhere. */
export async function describeTable(database: Database, relation: Relation): Promise<Table> {
  const tree = await treeOf(database, relation.oid);
  const foreign = tree.find(({ kind }) => kind === 'f');
  if (foreign) {
    throw new DrillError(
      'plan-invalid',
      `${shownTable(foreign)}, a part of ${shownTable(relation)}, is a foreign table, whose rows are elsewhere`,
      { hint: 'name the other parts one by one' },
    );
  }
  if (tree.every(({ isUnlogged }) => isUnlogged)) {
    throw new DrillError('plan-invalid', unloggedText(relation), {
      hint: 'fill it again after a recovery, or make it logged in production: ALTER TABLE … SET LOGGED',
    });
  }
  const columns = await columnsOf(database, relation.oid);
  const notCarried = [
    ...tree.filter(({ isUnlogged }) => isUnlogged).map(unloggedText),
    ...(await largeObjectsIn(database, relation, columns)),
  ];
  const sequences = await sequencesOf(database, tree);
  const bindsAll = relation.kind === 'p' || tree.length === 1;
  const key = bindsAll ? await keyOf(database, relation.oid, columns) : [];
  return { ...relation, columns, key, tree, sequences, notCarried };
}

function unloggedText(table: Relation): string {
  return `${shownTable(table)} is unlogged: recovery empties it, so its rows are in no backup`;
}

async function treeOf(database: Database, oid: string): Promise<Member[]> {
  const rows = await database.rows(`
    with recursive tree as (
      select ${oid}::oid as oid
      union select i.inhrelid from pg_inherits i join tree on i.inhparent = tree.oid
    )
    select c.oid::text, n.nspname, c.relname, c.relkind::text, c.relpersistence = 'u'
    from tree join pg_class c on c.oid = tree.oid join pg_namespace n on n.oid = c.relnamespace
    order by c.oid <> ${oid}::oid, 2, 3`);
  return rows.map(([id, schema, name, kind, unlogged]) => ({
    oid: id ?? '',
    schema: schema ?? '',
    name: name ?? '',
    kind: kind ?? '',
    isUnlogged: unlogged === 't',
  }));
}

async function columnsOf(database: Database, oid: string): Promise<Column[]> {
  const rows = await database.rows(`
    select attname, format_type(atttypid, atttypmod), attgenerated <> '' from pg_attribute
    where attrelid = ${oid}::oid and attnum > 0 and not attisdropped order by attnum`);
  return rows.map(([name, type, generated]) => ({
    name: name ?? '',
    type: type ?? '',
    isGenerated: generated === 't',
  }));
}

async function keyOf(database: Database, oid: string, columns: readonly Column[]): Promise<Column[]> {
  const rows = await database.rows(`
    select a.attname
    from pg_index i cross join lateral unnest(i.indkey::int2[]) with ordinality k (attnum, position)
    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
    where i.indrelid = ${oid}::oid and i.indisprimary and k.position <= i.indnkeyatts order by k.position`);
  return rows.flatMap(([name]) => columns.find((column) => column.name === name) ?? []);
}

async function sequencesOf(database: Database, tree: readonly Member[]): Promise<Table['sequences']> {
  const members = `(${tree.map(({ oid }) => oid).join(', ')})`;
  const rows = await database.rows(`
    select distinct n.nspname, s.relname from pg_class s join pg_namespace n on n.oid = s.relnamespace
    where s.relkind = 'S' and (
      exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = s.oid
        and d.deptype in ('a', 'i') and d.refclassid = 'pg_class'::regclass and d.refobjid in ${members})
      or exists (select from pg_depend d join pg_attrdef v on d.classid = 'pg_attrdef'::regclass and v.oid = d.objid
        where d.refclassid = 'pg_class'::regclass and d.refobjid = s.oid and v.adrelid in ${members}))
    order by 1, 2`);
  return rows.map(([schema, name]) => ({ schema: schema ?? '', name: name ?? '' }));
}

/** Columns that number large objects: pg_dump carries those of a whole database, and never those of a table. */
async function largeObjectsIn(
  database: Database,
  relation: Relation,
  columns: readonly Column[],
): Promise<readonly string[]> {
  const numbers = columns.filter(({ type }) => type === 'oid' || /(?:^|\.)lo$/.test(type));
  const [stored] = numbers.length === 0 ? [] : await database.rows('select true from pg_largeobject_metadata limit 1');
  if (stored === undefined) return [];
  return numbers.map(
    ({ name, type }) =>
      `${shownTable(relation)}.${name} (${type}) may number large objects, which no dump of a table carries: take them with pg_dump --blobs`,
  );
}
