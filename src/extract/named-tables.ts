import { DrillError } from '../core/errors.ts';
import { databaseFailure } from '../postgres/database.ts';
import { shownName } from '../postgres/identifier.ts';
import type { Sessions } from '../postgres/sessions.ts';
import { databasesOf, describeTable, relationsOf, type Table } from './catalog.ts';
import { parseTableName, tablesNamed, type Relation, type TableName } from './table-name.ts';

/** The tables that somebody has named, in the one database that has them. */
export interface NamedTables {
  readonly database: string;
  readonly tables: readonly Table[];
}

/** Reads the names that were typed. Throws `plan-invalid`. */
export function readTableNames(typed: readonly string[]): TableName[] {
  return typed.map((text) => {
    const name = parseTableName(text);
    if (name !== null) return name;
    throw new DrillError('plan-invalid', `${text} is no name of a table`, {
      hint: 'write orders, shop.orders or, with the quotes that SQL wants, \'shop."Order Lines"\'',
    });
  });
}

/** Where tables are looked for. */
interface LookedIn {
  /** Null: in all databases. */
  readonly database: string | null;
  /** Of what moment the copy is, as an error says it: `at the recovery target`. */
  readonly when: string;
}

/**
 * Finds tables in the copy. Throws `not-found`, with near names, for
 * one that is not there at the target.
 */
export async function findTables(
  sessions: Sessions,
  names: readonly TableName[],
  { database, when }: LookedIn,
): Promise<NamedTables> {
  const places = database === null ? await allDatabases(sessions) : [database];
  const looked: { readonly place: string; readonly relations: readonly Relation[] }[] = [];
  for (const place of places) looked.push({ place, relations: await relationsIn(sessions, place) });
  const found = looked.flatMap(({ place, relations }) => {
    const named = tablesNamed(names, relations);
    return 'tables' in named ? [{ place, relations: named.tables }] : [];
  });
  const [first, ...others] = found;
  if (first === undefined) throw notFound(names, looked, when);
  if (others.length > 0) {
    const words = found.map(({ place }) => shownName(place)).join(' and ');
    throw new DrillError('plan-invalid', `the databases ${words} all have such a table`, {
      hint: 'name one of them with --database',
    });
  }
  await using session = await sessions.of(first.place);
  const tables: Table[] = [];
  for (const relation of first.relations) tables.push(await describeTable(session, relation));
  return { database: first.place, tables };
}

async function allDatabases(sessions: Sessions): Promise<string[]> {
  await using session = await sessions.ours();
  return await databasesOf(session);
}

async function relationsIn(sessions: Sessions, database: string): Promise<Relation[]> {
  try {
    await using session = await sessions.of(database);
    return await relationsOf(session);
  } catch (error) {
    throw databaseFailure(error);
  }
}

function notFound(
  names: readonly TableName[],
  looked: readonly { readonly place: string; readonly relations: readonly Relation[] }[],
  when: string,
): DrillError {
  const problems = looked.flatMap(({ place, relations }) => {
    const named = tablesNamed(names, relations);
    return 'problem' in named ? [{ place, ...named }] : [];
  });
  // The database that comes nearest: the one where something else than its absence is said of a name.
  const best = problems.find(({ isNear }) => isNear);
  const { place, problem } = best ?? problems[0] ?? { place: '', problem: 'the copy has no database' };
  const where = looked.length > 1 && best === undefined ? 'any database' : `the database ${shownName(place)}`;
  return new DrillError('not-found', `${problem} (in ${where}, ${when})`, {
    hint: 'look at what is there with drill shell, or choose another moment',
  });
}
