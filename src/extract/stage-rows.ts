import { DrillError, messageOf } from '../core/errors.ts';
import type { Database } from '../postgres/database.ts';
import { columnList, identifier, qualified } from '../postgres/identifier.ts';
import { literal } from '../postgres/literal.ts';
import type { Table } from './catalog.ts';
import type { CopyPlace, CopyPrograms } from './copy-programs.ts';
import { withoutWaysOut, type Needs } from './needs.ts';
import { digestSettings } from './row-digest.ts';
import { makeEmptyDatabase, writableSession } from './trial-databases.ts';
import type { Wanted } from './wanted.ts';

interface Staging {
  readonly place: CopyPlace;
  readonly programs: CopyPrograms;
  readonly wanted: Wanted;
  readonly where: string;
  readonly needs: Needs;
  readonly files: { readonly dump: string; readonly definitions: string };
}

const STAGE = 'pgdrill_stage';
const ROWS = 'rows.copy';

/**
 * Puts the rows that a condition holds for into a database of the copy that has the same table, and dumps that in the place of the dump
 * without rows. Foreign keys are left out, since rows that they lead to may be missing.
 */
export async function stageRows({ place, programs, wanted, where, needs, files }: Staging): Promise<void> {
  const { sessions } = place;
  const { database, tables, tell } = wanted;
  const [table] = tables;
  if (table === undefined || tables.length > 1) throw new Error('a condition goes with one table');
  tell('taking the rows');
  await makeEmptyDatabase(sessions, STAGE, database);
  if (needs.entries.length > 0) await programs.restore(files.definitions, STAGE, { only: needs.entries });
  const entries = withoutWaysOut(await programs.list(files.dump), needs).filter(({ tag }) => tag !== 'FK CONSTRAINT');
  await programs.restore(files.dump, STAGE, { only: entries.filter(({ tag }) => !COMES_AFTER_ROWS.has(tag)) });
  await copyRows({ place, programs, database, table, where });
  await programs.restore(files.dump, STAGE, { only: entries.filter(({ tag }) => COMES_AFTER_ROWS.has(tag)) });
  await programs.dumpTables(STAGE, [...table.tree, ...table.sequences], files.dump);
}

/** What would act on the rows, or be kept up with each of them. */
const COMES_AFTER_ROWS: ReadonlySet<string> = new Set([
  'CONSTRAINT',
  'CHECK CONSTRAINT',
  'INDEX',
  'INDEX ATTACH',
  'TRIGGER',
  'RULE',
  'POLICY',
  'ROW SECURITY',
  'STATISTICS',
  'COMMENT',
]);

interface Copying {
  readonly place: CopyPlace;
  readonly programs: CopyPrograms;
  readonly database: string;
  readonly table: Table;
  readonly where: string;
}

async function copyRows({ place, programs, database, table, where }: Copying): Promise<void> {
  const file = literal(programs.path(ROWS));
  // Generated columns are made anew.
  const columns = table.columns.flatMap(({ name, isGenerated }) => (isGenerated ? [] : [name]));
  await using from = await place.sessions.of(database);
  await using to = await writableSession(place.sessions, STAGE);
  await from.execute(digestSettings('set'));
  await to.execute(digestSettings('set'));
  try {
    await from.execute(
      `copy (select ${columns.map(identifier).join(', ')} from ${qualified(table)} where (${where}\n)) to ${file}`,
    );
    await to.execute(`copy ${qualified(table)} ${columnList(columns)} from ${file}`);
  } catch (error) {
    throw new DrillError('table-not-dumped', `the rows of --where could not be copied: ${messageOf(error)}`, {
      cause: error,
    });
  }
  await carrySequences(from, to, table);
}

/** The values of its sequences: a dump without rows has none of them. */
async function carrySequences(from: Database, to: Database, { sequences }: Table): Promise<void> {
  for (const sequence of sequences.map(qualified)) {
    const [state] = await from.rows(`select last_value, is_called from ${sequence}`);
    const [value, isCalled] = [state?.[0] ?? '1', state?.[1] ?? 'f'];
    await to.rows(`select setval(${literal(sequence)}::regclass, ${value}, ${literal(isCalled)}::boolean)`);
  }
}
