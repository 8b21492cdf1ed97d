import { DrillError, messageOf } from '../../core/errors.ts';
import type { Database } from '../../postgres/database.ts';
import { identifier, qualified, shownTable } from '../../postgres/identifier.ts';
import { LoadTarget, UnknownCommit } from '../../postgres/load-target.ts';
import type { CopyPlace } from '../copy-programs.ts';
import type { PutInto } from '../document.ts';
import type { Extract } from '../extract.ts';
import { digestIn, digestSettings, digestSql, isSame, type RowDigest } from '../row-digest.ts';
import { writableSession } from '../trial-databases.ts';
import { leftOutOf, scriptOf, type LeftOut } from './left-out.ts';
import { copyInSql, copyOutSql, createTableSql, oddityOf, plainTable, type PlainTable } from './plain-table.ts';
import { prepareTarget, requireNothingListens, type Into } from './safe-target.ts';
import { sourceTables, type SourceTable } from './source-table.ts';

/**
 * Puts the rows of the tables, as the trial restore has them, into a schema of another server: in one transaction, at whose end they are
 * counted and hashed there. What is said there are statements of ours alone: plain tables with columns of types that are there, NOT NULL
 * and a primary key, and their rows. No text of the copy is run there: a default, a condition, an index or a trigger is code. What is left
 * out is handed to `keep` as a script before the commit. Throws `plan-invalid` where something is there already, and `table-not-dumped`.
 */
export async function loadInto(
  place: CopyPlace,
  extract: Extract,
  into: Into,
  keep: (script: string) => void,
): Promise<Omit<PutInto, 'leftOutFile'>> {
  await using copy = await writableSession(place.sessions, extract.trialDatabase);
  await copy.execute(digestSettings('set'));
  const tables = await sourceTables(
    copy,
    extract.tables.map(({ table }) => table),
  );
  const before = await digestsHere(copy, extract, tables);
  try {
    await using target = await LoadTarget.connect(into.dsn, place.signal);
    return await target.inTransaction(async () => {
      const names = tables.map(({ name }) => name);
      await prepareTarget(target, into, names);
      const plain: PlainTable[] = [];
      for (const table of tables) plain.push(await loadTable(copy, target, table, into.schema));
      const digests = await digestsThere(target, plain, before);
      const leftOut = await allLeftOut(copy, tables, plain);
      if (leftOut.length > 0) keep(scriptOf(leftOut));
      await requireNothingListens(target, into.schema);
      return { schema: into.schema, tables: digests, leftOut: leftOut.map(({ what }) => what) };
    });
  } catch (error) {
    if (error instanceof UnknownCommit) throw error;
    place.signal.throwIfAborted();
    if (error instanceof DrillError) throw error;
    throw notPut(messageOf(error), error);
  }
}

function notPut(why: string, cause?: unknown): DrillError {
  return new DrillError('table-not-dumped', `nothing was put into --into-dsn: ${why}`, {
    hint: 'what is needed there is the right to make a schema; the rows are in a file with --output',
    cause,
  });
}

async function loadTable(copy: Database, target: LoadTarget, source: SourceTable, schema: string): Promise<PlainTable> {
  const plain = await plainTable(target, schema, source);
  await target.rows(createTableSql(plain));
  const odd = await oddityOf(target, plain);
  if (odd !== null) throw notPut(`${shownTable(plain)}: ${odd}`);
  await target.copyFrom(copy, copyOutSql(source), copyInSql(plain));
  return plain;
}

/** Encodings whose bytes are those of UTF-8, or are taken as they are. */
const AS_THEY_ARE: ReadonlySet<string> = new Set(['UTF8', 'SQL_ASCII']);

/** The counts and hashes of the copy, of bytes that every server can have: those of UTF-8. */
async function digestsHere(copy: Database, { tables }: Extract, sources: readonly SourceTable[]): Promise<RowDigest[]> {
  const [encoding] = await copy.rows('show server_encoding');
  if (AS_THEY_ARE.has(encoding?.[0] ?? '')) return tables.map((taken) => taken.copy);
  const digests: RowDigest[] = [];
  for (const { table, columns } of sources) {
    const asked = { from: qualified(table), columns: columns.map(({ name }) => name), where: null, inUtf8: true };
    digests.push(digestIn((await copy.rows(digestSql(asked)))[0]));
  }
  return digests;
}

async function digestsThere(
  target: LoadTarget,
  tables: readonly PlainTable[],
  before: readonly RowDigest[],
): Promise<PutInto['tables']> {
  const [encoding] = await target.rows('show server_encoding');
  const inUtf8 = !AS_THEY_ARE.has(encoding?.[0] ?? '');
  const counted: (RowDigest & { readonly table: string })[] = [];
  for (const [index, table] of tables.entries()) {
    const columns = table.columns.map(({ name }) => name);
    const [row] = await target.rows(digestSql({ from: qualified(table), columns, where: null, inUtf8 }));
    const [there, here] = [digestIn(row), before[index]];
    if (here === undefined || !isSame(there, here)) {
      const which = `${there.rows} rows there, ${here?.rows ?? '?'} in the copy`;
      throw notPut(`${shownTable(table)} would have other rows there than in the copy (${which})`);
    }
    counted.push({ table: shownTable(table), ...there });
  }
  return counted;
}

/** Under the names that the tables have there. The trial database is nobody else's, and goes with the copy. */
async function allLeftOut(
  copy: Database,
  sources: readonly SourceTable[],
  plain: readonly PlainTable[],
): Promise<LeftOut[]> {
  const leftOut: LeftOut[] = [];
  for (const [index, source] of sources.entries()) {
    const there = plain[index];
    if (there === undefined) continue;
    if (source.table.schema !== there.schema) {
      await copy.execute(`create schema if not exists ${identifier(there.schema)}`);
      await copy.execute(`alter table ${qualified(source.table)} set schema ${identifier(there.schema)}`);
    }
    leftOut.push(...(await leftOutOf(copy, source, there)));
  }
  return leftOut;
}
