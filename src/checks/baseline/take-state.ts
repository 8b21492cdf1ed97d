import { literal } from '../../postgres/literal.ts';
import { createHash } from 'node:crypto';
import { messageOf } from '../../core/errors.ts';
import type { Database } from '../../postgres/database.ts';
import type { Sessions } from '../../postgres/sessions.ts';
import type { Lack } from '../../postgres/lacks.ts';
import type { DatabaseState, RelationState, State } from './state.ts';
import { FUNCTIONS, RELATIONS, SIZE } from './state-queries.ts';
import type { Baseline } from './written-baseline.ts';

/** What a recovered cluster holds, and what became of the tables that the plan wants counted. */
export interface Taken {
  readonly state: State;
  /** How many percent of its rows a counted table may have lost, by {@link keyOf}. */
  readonly limits: ReadonlyMap<string, number>;
  /** Tables that are not there. */
  readonly missing: readonly string[];
  /** Tables that could not be counted, and why. */
  readonly uncounted: readonly string[];
  /** The same, where this machine is why. */
  readonly lacks: readonly (Lack & { readonly asked: string })[];
}

interface Counting {
  readonly sessions: Sessions;
  /** Those that let us in. */
  readonly databases: readonly string[];
  readonly baseline: Baseline;
  readonly signal: AbortSignal;
}

/** How a relation of a database is named in one word. */
export const keyOf = (database: string, relation: string): string => `${database}: ${relation}`;

/** Looks at all databases. Throws a DrillError for what the server does not say. */
export async function takeState(counting: Counting): Promise<Taken> {
  const { sessions, signal, baseline } = counting;
  const databases: DatabaseState[] = [];
  for (const name of counting.databases.filter((each) => each !== 'template1')) {
    signal.throwIfAborted();
    databases.push(await databaseState(sessions, name));
  }
  const state: State = { version: 1, databases };
  const counts = [];
  for (const exact of baseline.exact) counts.push(await countOne(exact, counting));
  return {
    state: withCounts(state, counts),
    limits: new Map(counts.flatMap(({ key, fewer }) => (key === null ? [] : [[key, fewer] as const]))),
    missing: counts.filter(({ key }) => key === null).map(({ asked }) => asked),
    uncounted: counts.flatMap(({ asked, problem, lack }) =>
      problem === null || lack !== null ? [] : [`${asked}: ${problem}`],
    ),
    lacks: counts.flatMap(({ asked, lack }) => (lack === null ? [] : [{ ...lack, asked }])),
  };
}

async function databaseState(sessions: Sessions, name: string): Promise<DatabaseState> {
  await using database = await ofDatabase(sessions, name);
  const functions = digestOf(await database.rows(FUNCTIONS));
  const bytes = Number((await database.rows(SIZE))[0]?.[0]);
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
  readonly lack: Lack | null;
  readonly fewer: number;
}

async function countOne(
  { table, database: named, fewer = 0 }: Baseline['exact'][number],
  { sessions, baseline, signal }: Counting,
): Promise<Count> {
  const name = sessions.databaseFor(named);
  const none = { asked: keyOf(name, table), key: null, rows: null, problem: null, lack: null, fewer };
  const { lackOf } = await import('../../postgres/database.ts');
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
      return { ...none, key, problem: messageOf(error), lack: lackOf(error) };
    }
  } catch (error) {
    signal.throwIfAborted();
    return { ...none, key: none.asked, problem: messageOf(error), lack: lackOf(error) };
  }
}

/** The name of a relation as the state has it. */
function nameOf(table: string): string {
  return `select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.oid = to_regclass(${literal(table)})`;
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
  return {
    name: name ?? '',
    kind: kind ?? '',
    rows: rows === null || rows === undefined ? null : Number(rows),
    exactRows: null,
    bytes: Number(bytes),
    schema: digestOf([definition]),
  };
}

function digestOf(rows: readonly (readonly (string | null)[])[]): string {
  return createHash('sha256').update(JSON.stringify(rows)).digest('hex');
}
