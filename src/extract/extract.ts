import { DrillError } from '../core/errors.ts';
import { qualified } from '../postgres/identifier.ts';
import type { Table } from './catalog.ts';
import { CopyPrograms, type CopyPlace } from './copy-programs.ts';
import { hasWaysOut, needsNothing, needsOf, withoutWaysOut, type Needs } from './needs.ts';
import { digestRows, isSame, type RowDigest } from './row-digest.ts';
import { stageRows } from './stage-rows.ts';
import { makeEmptyDatabase } from './trial-databases.ts';
import type { Wanted } from './wanted.ts';

/** What is known of one table that was taken. */
interface TakenTable {
  readonly table: Table;
  readonly copy: RowDigest;
  /** After the trial restore; null: there was none. */
  readonly trial: RowDigest | null;
}

/** A dump in the copy's temporary directory, and what its trial restore has shown. */
export interface Extract {
  /** The name of the dump there. */
  readonly file: string;
  readonly tables: readonly TakenTable[];
  readonly needs: Needs;
  /** Why the dump could not be restored on trial; null: it was. */
  readonly trialFailed: string | null;
  /** The database of the copy that the dump was restored into. */
  readonly trialDatabase: string;
  readonly programs: CopyPrograms;
}

const DUMP = 'table.dump';
const DEFINITIONS = 'definitions.dump';
const TRIAL = 'pgdrill_trial';

/**
 * Dumps tables of the copy, finds out what the dump needs, restores it on trial into an empty database of the copy, and counts and hashes
 * the rows on both sides. Throws a DrillError where there is no dump at all.
 */
export async function extractTables(place: CopyPlace, wanted: Wanted): Promise<Extract> {
  const { database, tables, where, tell } = wanted;
  const programs = new CopyPrograms(place);
  const members = tables.flatMap(({ tree, sequences }) => [...tree, ...sequences]);
  tell('counting and hashing the rows of the copy');
  const digests = await digestAll(place, database, wanted);
  tell('dumping');
  const definitionsOnly = where === null ? [] : ['--schema-only'];
  await programs.dumpTables(database, members, DUMP, ...definitionsOnly);
  await programs.dumpDefinitions(database, DEFINITIONS);
  const needs = await needsIn(place, programs, wanted);
  if (where !== null)
    await stageRows({ place, programs, wanted, where, needs, files: { dump: DUMP, definitions: DEFINITIONS } });
  tell('restoring the dump on trial');
  const trialFailed = await tryRestore({ place, programs, wanted, needs });
  const trial = trialFailed === null ? await digestAll(place, TRIAL, { ...wanted, where: null }) : [];
  return {
    file: DUMP,
    tables: tables.map((table, index) => ({ table, copy: digestAt(digests, index), trial: trial[index] ?? null })),
    needs,
    trialFailed,
    trialDatabase: TRIAL,
    programs,
  };
}

/** What all came to. `differs`: the trial has other rows than the copy. `untried`: it could not be restored. */
export type Standing = 'whole' | 'differs' | 'untried';

/** Rows that are not the same after a trial restore are never a success. */
export function standingOf({ tables, trialFailed }: Pick<Extract, 'tables' | 'trialFailed'>): Standing {
  if (trialFailed !== null) return 'untried';
  return tables.every(({ copy, trial }) => trial !== null && isSame(copy, trial)) ? 'whole' : 'differs';
}

function digestAt(digests: readonly RowDigest[], index: number): RowDigest {
  const digest = digests[index];
  if (digest === undefined) throw new Error('a table was not counted');
  return digest;
}

async function digestAll(
  { sessions }: CopyPlace,
  database: string,
  { tables, where }: Pick<Wanted, 'tables' | 'where'>,
): Promise<RowDigest[]> {
  await using session = await sessions.of(database);
  const digests: RowDigest[] = [];
  for (const table of tables)
    digests.push(
      await digestRows(session, { from: qualified(table), columns: table.columns.map(({ name }) => name), where }),
    );
  return digests;
}

async function needsIn({ sessions }: CopyPlace, programs: CopyPrograms, { database, tables }: Wanted): Promise<Needs> {
  await using session = await sessions.of(database);
  const [whole, own] = [await programs.list(DEFINITIONS), await programs.list(DUMP)];
  return await needsOf(session, tables, { whole, own });
}

interface Trial {
  readonly place: CopyPlace;
  readonly programs: CopyPrograms;
  readonly wanted: Wanted;
  readonly needs: Needs;
}

/** Gives why a dump cannot be restored, behind what it needs; null: it can. */
async function tryRestore({ place, programs, wanted, needs }: Trial): Promise<string | null> {
  await makeEmptyDatabase(place.sessions, TRIAL, wanted.database);
  try {
    if (needs.entries.length > 0) await programs.restore(DEFINITIONS, TRIAL, { only: needs.entries });
    const only = needsNothing(needs) ? null : withoutWaysOut(await programs.list(DUMP), needs);
    await programs.restore(DUMP, TRIAL, { only });
    return null;
  } catch (error) {
    if (error instanceof DrillError && error.code === 'table-not-dumped') return error.message;
    throw error;
  }
}

/**
 * Writes what the dump needs as a script beside it, whose objects belong to whoever runs it; gives its path; null: it needs nothing of the
 * database.
 */
export async function scriptOfNeeds({ programs, needs }: Extract): Promise<string | null> {
  if (needs.entries.length === 0) return null;
  return programs.script(DEFINITIONS, 'needs.sql', needs.entries, '--no-owner', '--no-acl');
}

/** Writes the dump as a script of SQL, as it was tried: without what leads out of it. Gives its path. */
export async function scriptOfDump({ programs, file, needs }: Extract): Promise<string> {
  const only = !hasWaysOut(needs) ? null : withoutWaysOut(await programs.list(file), needs);
  return programs.script(file, 'table.sql', only);
}

/** The list by which pg_restore leaves what leads out of it out; null: nothing does. */
export async function listOfTried({ programs, file, needs }: Extract): Promise<string | null> {
  if (!hasWaysOut(needs)) return null;
  const tried = withoutWaysOut(await programs.list(file), needs);
  return tried.map(({ line }) => `${line}\n`).join('');
}
