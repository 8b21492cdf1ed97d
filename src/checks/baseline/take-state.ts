import { createHash } from 'node:crypto';
import { messageOf } from '../../core/errors.ts';
import type { Database } from '../../postgres/database.ts';
import type { Sessions } from '../../postgres/sessions.ts';
import type { DatabaseState, RelationState, State } from './state.ts';
import type { Baseline } from './written-baseline.ts';

/** The schemas of PostgreSQL itself, and those of sessions. */
const OWN_SCHEMAS = String.raw`n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and n.nspname !~ '^pg_(temp|toast_temp)_'`;

/**
 * Each relation by what was defined of it. The estimate is that of the last VACUUM or ANALYZE in production: -1 (from 14 on) where
 * there was none, and 0 before 14. Partitions come and go: they count as their table.
 */
const RELATIONS = `
  select format('%I.%I', n.nspname, c.relname), c.relkind,
    case c.relkind when 'p' then (select sum(greatest(leaf.reltuples, 0))::bigint
      from pg_partition_tree(c.oid) part join pg_class leaf on leaf.oid = part.relid where part.isleaf)
    else c.reltuples::bigint end,
    case when c.relkind = 'p' then (select sum(pg_relation_size(part.relid)) from pg_partition_tree(c.oid) part where part.isleaf)
      when c.relkind in ('r', 'm', 'S') then pg_relation_size(c.oid) end,
    (select string_agg(format('%I %s %s', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull), ', ' order by a.attnum)
      from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
    (select string_agg(pg_get_indexdef(i.indexrelid), '; ' order by pg_get_indexdef(i.indexrelid) collate "C")
      from pg_index i where i.indrelid = c.oid),
    (select string_agg(format('%I %s', k.conname, pg_get_constraintdef(k.oid)), '; ' order by k.conname)
      from pg_constraint k where k.conrelid = c.oid)
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where not c.relispartition and c.relkind in ('r', 'p', 'm', 'v', 'f', 'S') and ${OWN_SCHEMAS}
  order by 1`;

const FUNCTIONS = `
  select format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)), p.prosrc
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace where ${OWN_SCHEMAS} order by 1, 2`;

const DATABASES = `
  select datname, pg_database_size(oid) from pg_database
  where datallowconn and datconnlimit <> -2 and datname not in ('template0', 'template1') order by 1`;

/** What a recovered cluster holds, and what became of the tables that the plan wants counted. */
export interface Taken {
  readonly state: State;
  /** How many percent of its rows a counted table may have lost, by {@link keyOf}. */
  readonly limits: ReadonlyMap<string, number>;
  /** Tables that are not there. */
  readonly missing: readonly string[];
  /** Tables that could not be counted, and why. */
  readonly uncounted: readonly string[];
}

interface Counting {
  readonly sessions: Sessions;
  readonly baseline: Baseline;
  readonly signal: AbortSignal;
}

/** How a relation of a database is named in one word. */
export const keyOf = (database: string, relation: string): string => `${database}: ${relation}`;

/** Looks at all databases. Throws a DrillError for what the server does not say. */
export async function takeState(counting: Counting): Promise<Taken> {
  const { sessions, signal, baseline } = counting;
  await using own = await sessions.ours();
  const databases: DatabaseState[] = [];
  for (const [name, bytes] of await own.rows(DATABASES)) {
    signal.throwIfAborted();
    databases.push(await databaseState(sessions, name ?? '', Number(bytes)));
  }
  const state: State = { version: 1, databases };
  const counts = [];
  for (const exact of baseline.exact) counts.push(await countOne(exact, counting));
  return {
    state: withCounts(state, counts),
    limits: new Map(counts.flatMap(({ key, fewer }) => (key === null ? [] : [[key, fewer] as const]))),
    missing: counts.filter(({ key }) => key === null).map(({ asked }) => asked),
    uncounted: counts.flatMap(({ asked, problem }) => (problem === null ? [] : [`${asked}: ${problem}`])),
  };
}

async function databaseState(sessions: Sessions, name: string, bytes: number): Promise<DatabaseState> {
  await using database = await ofDatabase(sessions, name);
  const functions = digestOf(await database.rows(FUNCTIONS));
  return { name, bytes, functions, relations: (await database.rows(RELATIONS)).map(relationOf) };
}

/** Throws a DrillError, for a database that lets nobody in as well. */
async function ofDatabase(sessions: Sessions, name: string): Promise<Database> {
  const { databaseFailure } = await import('../../postgres/database.ts');
  return sessions.of(name).catch((error: unknown) => {
    throw databaseFailure(error);
  });
}

interface Count {
  readonly asked: string;
  /** Null: there is no such table. */
  readonly key: string | null;
  readonly rows: number | null;
  readonly problem: string | null;
  readonly fewer: number;
}

async function countOne(
  { table, database: named, fewer = 0 }: Baseline['exact'][number],
  { sessions, baseline, signal }: Counting,
): Promise<Count> {
  const name = sessions.databaseFor(named);
  const none = { asked: keyOf(name, table), key: null, rows: null, problem: null, fewer };
  try {
    await using database = await sessions.of(name);
    const [row] = await database.rows(nameOf(table));
    if (row === undefined) return none;
    const key = keyOf(name, row[0] ?? '');
    try {
      const { rows } = await database.readOnly(`select count(*) from ${table}`, baseline.timeout, signal);
      return { ...none, key, rows: Number(rows[0]?.[0]) };
    } catch (error) {
      signal.throwIfAborted();
      return { ...none, key, problem: messageOf(error) };
    }
  } catch (error) {
    signal.throwIfAborted();
    return { ...none, key: none.asked, problem: messageOf(error) };
  }
}

/** The name of a relation as the state has it. */
function nameOf(table: string): string {
  return `select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.oid = to_regclass('${table.replaceAll("'", "''")}')`;
}

function withCounts(state: State, counts: readonly Count[]): State {
  const rows = new Map(counts.map((count) => [count.key, count.rows]));
  return {
    ...state,
    databases: state.databases.map((database) => ({
      ...database,
      relations: database.relations.map((relation) => ({
        ...relation,
        exactRows: rows.get(keyOf(database.name, relation.name)) ?? null,
      })),
    })),
  };
}

function relationOf([name, kind, rows, bytes, ...definition]: (string | null)[]): RelationState {
  const estimate = Number(rows);
  const size = Number(bytes);
  return {
    name: name ?? '',
    kind: kind ?? '',
    rows: kind === 'r' || kind === 'm' || kind === 'p' ? (size === 0 ? 0 : estimate > 0 ? estimate : null) : null,
    exactRows: null,
    bytes: size,
    schema: digestOf([definition]),
  };
}

function digestOf(rows: readonly (readonly (string | null)[])[]): string {
  return createHash('sha256').update(JSON.stringify(rows)).digest('hex');
}

/** The same with digests in the place of the names of relations. */
export function withoutNames(taken: Taken): Taken {
  const { state, limits } = taken;
  return {
    ...taken,
    limits: new Map([...limits].map(([key, fewer]) => [hiddenKey(key), fewer])),
    state: {
      ...state,
      databases: state.databases.map((database) => ({
        ...database,
        relations: database.relations.map((relation) => ({ ...relation, name: digestedName(relation.name) })),
      })),
    },
  };
}

function hiddenKey(key: string): string {
  const [database = '', ...name] = key.split(': ');
  return keyOf(database, digestedName(name.join(': ')));
}

function digestedName(name: string): string {
  return `name ${createHash('sha256').update(name).digest('hex').slice(0, 12)}`;
}
