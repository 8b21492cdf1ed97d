import { z } from 'zod';
import { DrillError } from '../core/errors.ts';
import type { Database } from '../postgres/database.ts';
import { literal } from '../postgres/literal.ts';
import type { Sessions } from '../postgres/sessions.ts';
import type { FileNode } from '../postgres/wal-line.ts';
import type { Predicate } from './predicate.ts';
import type { Watched } from './watched.ts';

/** What the predicate reads, as far as it is known, with its names. */
export interface Relations extends Watched {
  /** What each file is of. */
  readonly names: ReadonlyMap<FileNode, string>;
  /** The relations by their names; empty: it is not known what the predicate reads. */
  readonly read: readonly string[];
}

interface Named {
  readonly schema: string;
  readonly name: string;
}

/**
 * What a predicate reads by its plan, and what it was said to read: with all partitions of what they are a part of, since a plan names
 * only those that it would look into now. A plan does not name what a function reads. Throws a DrillError for a table that is not
 * there.
 */
export async function relationsOf(sessions: Sessions, predicate: Predicate, signal: AbortSignal): Promise<Relations> {
  await using asked = await sessions.forCheck(predicate.database, null);
  const planned = await plannedIn(asked, predicate, signal);
  const listed = [];
  for (const table of predicate.tables) listed.push(await oidOf(asked, table));
  await using ours = await sessions.of(sessions.databaseFor(predicate.database));
  const [row] = await ours.rows('select oid from pg_database where datname = current_database()');
  const database = row?.[0] ?? '';
  const family = await familyOf(ours, planned ?? [], listed);
  const names = new Map<FileNode, string>();
  for (const { file, name, isShared } of family)
    if (file !== null) names.set(`${isShared ? 0 : database}/${file}`, name);
  return {
    database,
    relations: new Set(family.map(({ oid }) => oid)),
    files: family.length === 0 && planned !== null ? null : new Set(names.keys()),
    anyDefinition: planned === null,
    names,
    read: [...new Set(family.filter(({ isToast }) => !isToast).map(({ name }) => name))],
  };
}

/** The names of relations that files are of by now. */
export async function namesOf(database: Database, files: readonly FileNode[]): Promise<Map<FileNode, string>> {
  const nodes = files.map((file) => file.split('/')[1] ?? '').filter((node) => /^\d+$/.test(node));
  if (nodes.length === 0) return new Map();
  const rows = await database.rows(
    `select pg_relation_filenode(c.oid), n.nspname || '.' || c.relname
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where pg_relation_filenode(c.oid) in (${[...new Set(nodes)].join(', ')})`,
  );
  const known = new Map(rows.map(([node, name]) => [node ?? '', name ?? '']));
  return new Map(
    files.flatMap((file): [FileNode, string][] => {
      const name = known.get(file.split('/')[1] ?? '');
      return name === undefined ? [] : [[file, name]];
    }),
  );
}

/** What a plan names; null: the server cannot plan the predicate. */
async function plannedIn(
  database: Database,
  { sql, timeoutMs }: Predicate,
  signal: AbortSignal,
): Promise<Named[] | null> {
  try {
    const { rows } = await database.readOnly(`explain (verbose, format json) ${sql}`, timeoutMs, signal);
    return namedIn(JSON.parse(rows.map(([line]) => line ?? '').join('\n')));
  } catch (error) {
    if (signal.aborted) throw error;
    return null;
  }
}

const node = z.looseObject({ 'Relation Name': z.string().optional(), Schema: z.string().optional() });

/** All relations that a plan names, in its parts as well. */
function namedIn(plan: unknown): Named[] {
  if (plan === null || typeof plan !== 'object') return [];
  if (Array.isArray(plan)) return plan.flatMap(namedIn);
  const { 'Relation Name': name, Schema: schema = 'pg_catalog' } = node.parse(plan);
  return [...(name === undefined ? [] : [{ schema, name }]), ...Object.values(plan).flatMap(namedIn)];
}

/** By the name that a user would write, with the search path of the server. */
async function oidOf(database: Database, table: string): Promise<string> {
  const answer = await database.attempt(`select to_regclass(${literal(table)})::oid`);
  const oid = 'rows' in answer ? (answer.rows[0]?.[0] ?? null) : null;
  if (oid !== null) return oid;
  throw new DrillError('bisect-unanswered', `--table ${table}: there is no such table where the range begins`, {
    hint: 'write it with its schema; where it was made later, begin the range behind that with --from',
  });
}

interface Member {
  readonly oid: string;
  readonly name: string;
  readonly file: string | null;
  readonly isShared: boolean;
  readonly isToast: boolean;
}

async function familyOf(database: Database, named: readonly Named[], oids: readonly string[]): Promise<Member[]> {
  const asked = [
    ...named.map(
      ({ schema, name }) => `to_regclass(quote_ident(${literal(schema)}) || '.' || quote_ident(${literal(name)}))::oid`,
    ),
    ...oids.map((oid) => `${oid}::oid`),
  ];
  if (asked.length === 0) return [];
  const rows = await database.rows(
    `with recursive asked(oid) as (values ${asked.map((one) => `(${one})`).join(', ')}),
       up(oid) as (select oid from asked where oid is not null
         union select i.inhparent from pg_inherits i join up on i.inhrelid = up.oid),
       family(oid) as (select oid from up union select i.inhrelid from pg_inherits i join family f on i.inhparent = f.oid),
       members(oid, "of", is_toast) as (
         select c.oid, c.oid, false from family f join pg_class c on c.oid = f.oid
         union all select c.reltoastrelid, c.oid, true from family f join pg_class c on c.oid = f.oid where c.reltoastrelid <> 0)
     select m.oid, n.nspname || '.' || c.relname, pg_relation_filenode(m.oid), c.relisshared, m.is_toast
       from members m join pg_class c on c.oid = m."of" join pg_namespace n on n.oid = c.relnamespace`,
  );
  return rows.map(([oid, name, file, isShared, isToast]) => ({
    oid: oid ?? '',
    name: isToast === 't' ? `${name ?? ''} (TOAST)` : (name ?? ''),
    file: file ?? null,
    isShared: isShared === 't',
    isToast: isToast === 't',
  }));
}
