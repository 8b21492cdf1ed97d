import type { ArchiveEntry } from '../postgres/archive-list.ts';
import type { Database } from '../postgres/database.ts';
import { shownTable } from '../postgres/identifier.ts';
import type { Table } from './catalog.ts';

/** What a dump of tables takes for granted where it is restored. */
export interface Needs {
  /** Objects of the database: what they are, and their schema, name and owner. In the order in which they can be made. */
  readonly entries: readonly ArchiveEntry[];
  /** Foreign keys to tables that are not in the dump. */
  readonly foreignKeys: readonly ForeignKey[];
  /** Partitions, and indexes of partitions, whose parent is not in the dump: they are taken as tables of their own. */
  readonly attached: readonly Attached[];
  /** Extended statistics of the tables: a dump of tables (PostgreSQL 12 to 18) leaves them out. */
  readonly statistics: readonly ArchiveEntry[];
  /** Roles that own something, may do something, or stand in a policy. */
  readonly roles: readonly string[];
  readonly tablespaces: readonly string[];
}

interface Attached {
  readonly schema: string;
  readonly name: string;
  /** What it is a partition of. */
  readonly to: string;
  readonly isIndex: boolean;
}

interface ForeignKey {
  readonly oid: string;
  readonly name: string;
  /** The table that it is of, and the one that it leads to. */
  readonly of: string;
  readonly to: string;
}

const STATISTICS = 'STATISTICS';

/** Catalogs by their numbers, which are the same in every version. */
const PG_CONSTRAINT = '2606';

/**
 * All that tables rest on, by pg_depend: what they and their parts (defaults, constraints, indexes, triggers, policies, statistics) refer
 * to, and so on. Of a foreign key only the table is left aside, since that is told by itself. A partition is no part: the tree has been
 * named whole, and the partitions of a parent that somebody else needs are not needed. Nor does a partition need its parent (pg_depend of
 * PostgreSQL 12 to 18: `a` of the table, `P` of its indexes, constraints and triggers, which have `S` to their own table).
 */
function closureSql(members: readonly string[]): string {
  return `
  with recursive links as (
    select d.classid, d.objid, d.refclassid as toclass, d.refobjid as toid from pg_depend d
    where not (d.classid = 'pg_constraint'::regclass
      and exists (select from pg_constraint c where c.oid = d.objid and c.contype = 'f'))
      and d.deptype <> 'P'
      and not (d.deptype = 'a' and d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass
        and exists (select from pg_inherits i where i.inhrelid = d.objid and i.inhparent = d.refobjid))
    union all
    select d.refclassid, d.refobjid, d.classid, d.objid from pg_depend d
    where d.deptype in ('a', 'i', 'S')
      and not exists (select from pg_class c where d.classid = 'pg_class'::regclass and c.oid = d.objid and c.relkind in ('r', 'p', 'f'))
  ), needs as (
    select 'pg_class'::regclass::oid as classid, oid as objid from unnest(array[${members.join(', ')}]::oid[]) as oid
    union
    select l.toclass, l.toid from needs n join links l on l.classid = n.classid and l.objid = n.objid
  )`;
}

/** Finds out what a dump of these tables needs; `whole` is all that the database has, `own` what the dump has itself. */
export async function needsOf(
  database: Database,
  tables: readonly Table[],
  { whole, own }: { readonly whole: readonly ArchiveEntry[]; readonly own: readonly ArchiveEntry[] },
): Promise<Needs> {
  const members = tables.flatMap(({ tree }) => tree.map(({ oid }) => oid));
  const closure = await database.rows(`${closureSql(members)} select classid::text, objid::text from needs`);
  const needed = new Set(closure.map(([catalog, oid]) => `${catalog ?? ''} ${oid ?? ''}`));
  const entries = entriesNeeded(needed, whole, own);
  return {
    entries: entries.filter(({ tag }) => tag !== STATISTICS),
    statistics: entries.filter(({ tag }) => tag === STATISTICS),
    foreignKeys: await foreignKeysOut(database, members),
    attached: await attachedOut(database, members),
    roles: await rolesOf(database, members),
    tablespaces: await tablespacesOf(database, members),
  };
}

/** Of all entries those that are needed and not in the dump itself. `public` is in every database. */
export function entriesNeeded(
  needed: ReadonlySet<string>,
  whole: readonly ArchiveEntry[],
  own: readonly ArchiveEntry[],
): ArchiveEntry[] {
  const had = new Set(own.map(keyOf));
  return whole.filter(
    (entry) =>
      needed.has(keyOf(entry)) &&
      !had.has(keyOf(entry)) &&
      entry.tag !== 'FK CONSTRAINT' &&
      !(entry.tag === 'SCHEMA' && entry.about.startsWith('- public ')),
  );
}

function keyOf({ catalog, oid }: ArchiveEntry): string {
  return `${catalog} ${oid}`;
}

/** Without what leads out of a dump: foreign keys, and the places of partitions in a parent. */
export function withoutWaysOut(
  entries: readonly ArchiveEntry[],
  { foreignKeys, attached }: Pick<Needs, 'foreignKeys' | 'attached'>,
): readonly ArchiveEntry[] {
  return entries.filter(({ catalog, oid, tag, about }) => {
    if (catalog === PG_CONSTRAINT) return !foreignKeys.some((foreignKey) => foreignKey.oid === oid);
    return !attached.some(
      (one) => tag === (one.isIndex ? 'INDEX ATTACH' : 'TABLE ATTACH') && about.startsWith(`${listed(one)} `),
    );
  });
}

/** As `pg_restore --list` prints names: without line breaks. */
function listed({ schema, name }: Attached): string {
  return `${schema} ${name}`.replaceAll(/[\n\r]/g, ' ');
}

/** Whether there are any of them. */
export function hasWaysOut({ foreignKeys, attached }: Pick<Needs, 'foreignKeys' | 'attached'>): boolean {
  return foreignKeys.length > 0 || attached.length > 0;
}

async function attachedOut(database: Database, members: readonly string[]): Promise<Attached[]> {
  const rows = await database.rows(`
    select n.nspname, c.relname, pn.nspname, p.relname, x.indexrelid is not null
    from pg_inherits i
    join pg_class c on c.oid = i.inhrelid join pg_namespace n on n.oid = c.relnamespace
    join pg_class p on p.oid = i.inhparent join pg_namespace pn on pn.oid = p.relnamespace
    left join pg_index x on x.indexrelid = c.oid left join pg_index px on px.indexrelid = p.oid
    where c.relispartition and coalesce(x.indrelid, c.oid) = any (${arrayOf(members)})
      and coalesce(px.indrelid, p.oid) <> all (${arrayOf(members)})
    order by 1, 2`);
  return rows.map(([schema, name, toSchema, toName, isIndex]) => ({
    schema: schema ?? '',
    name: name ?? '',
    to: shownTable({ schema: toSchema ?? '', name: toName ?? '' }),
    isIndex: isIndex === 't',
  }));
}

async function foreignKeysOut(database: Database, members: readonly string[]): Promise<ForeignKey[]> {
  const rows = await database.rows(`
    select c.oid::text, c.conname, n.nspname, t.relname, fn.nspname, f.relname
    from pg_constraint c
    join pg_class t on t.oid = c.conrelid join pg_namespace n on n.oid = t.relnamespace
    join pg_class f on f.oid = c.confrelid join pg_namespace fn on fn.oid = f.relnamespace
    where c.contype = 'f' and c.conrelid = any (${arrayOf(members)}) and c.confrelid <> all (${arrayOf(members)})
    order by 3, 4, 2`);
  return rows.map(([oid, name, schema, table, toSchema, toTable]) => ({
    oid: oid ?? '',
    name: name ?? '',
    of: shownTable({ schema: schema ?? '', name: table ?? '' }),
    to: shownTable({ schema: toSchema ?? '', name: toTable ?? '' }),
  }));
}

/** Roles stand in no dump of a database, and are the same in all of a cluster: a trial there cannot miss them. */
async function rolesOf(database: Database, members: readonly string[]): Promise<string[]> {
  const rows = await database.rows(`${closureSql(members)}
    select distinct r.rolname from needs n
    join pg_shdepend s on s.classid = n.classid and s.objid = n.objid
    join pg_database d on d.oid = s.dbid and d.datname = current_database()
    join pg_roles r on s.refclassid = 'pg_authid'::regclass and r.oid = s.refobjid
    where r.rolname !~ '^pg_' order by 1`);
  return rows.flatMap(([name]) => name ?? []);
}

async function tablespacesOf(database: Database, members: readonly string[]): Promise<string[]> {
  const rows = await database.rows(`
    select distinct s.spcname from pg_tablespace s join pg_class c on c.reltablespace = s.oid
    where c.oid = any (${arrayOf(members)})
       or c.oid in (select indexrelid from pg_index where indrelid = any (${arrayOf(members)}))
    order by 1`);
  return rows.flatMap(([name]) => name ?? []);
}

function arrayOf(oids: readonly string[]): string {
  return `array[${oids.join(', ')}]::oid[]`;
}

/** What is missing where the dump is restored alone, as `type public.mood`. */
export function neededText({ tag, about }: ArchiveEntry): string {
  const words = about.split(' ');
  const [schema = '', ...name] = words.slice(0, -1);
  return `${tag.toLowerCase()} ${schema === '-' ? '' : `${schema}.`}${name.join(' ')}`;
}

/** Whether a dump can be restored into an empty database by itself. */
export function needsNothing(needs: Needs): boolean {
  return needs.entries.length === 0 && !hasWaysOut(needs);
}
