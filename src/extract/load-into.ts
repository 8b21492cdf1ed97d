import { DrillError, messageOf } from '../core/errors.ts';
import { forAnyClient, type ArchiveEntry } from '../postgres/archive-list.ts';
import type { Database } from '../postgres/database.ts';
import { columnList, identifier, qualified, shownTable } from '../postgres/identifier.ts';
import { LoadTarget } from '../postgres/load-target.ts';
import { literal } from '../postgres/literal.ts';
import type { Member, Table } from './catalog.ts';
import type { CopyPlace } from './copy-programs.ts';
import type { PutInto } from './document.ts';
import type { Extract } from './extract.ts';
import { neededText } from './needs.ts';
import { prepareTarget, type Into } from './safe-target.ts';
import { digestIn, digestSettings, digestSql, isSame, type RowDigest } from './row-digest.ts';
import { writableSession } from './trial-databases.ts';

const DUMP = 'into.dump';
const DEFINITIONS = ['--schema-only', '--no-owner', '--no-acl', '--encoding=UTF8'];

/** What makes the tables themselves, before their rows come. */
const BEFORE: ReadonlySet<string> = new Set(['TABLE', 'SEQUENCE', 'SEQUENCE OWNED BY', 'DEFAULT', 'TABLE ATTACH']);

/** What belongs to them and touches no other table. */
const AFTER: ReadonlySet<string> = new Set(['CONSTRAINT', 'CHECK CONSTRAINT', 'INDEX', 'INDEX ATTACH', 'STATISTICS']);

/**
 * Puts the tables, as the trial restore has them, into a schema of another server: in one transaction, at whose end the rows are counted
 * and hashed there. Foreign keys, triggers, rules and policies stay away, since they would lock or act on other tables. Throws
 * `plan-invalid` where something is there already, and `table-not-dumped`.
 */
export async function loadInto(place: CopyPlace, extract: Extract, into: Into): Promise<PutInto> {
  const { trialDatabase, programs } = extract;
  await using copy = await writableSession(place.sessions, trialDatabase);
  const tables = extract.tables.map(({ table }) => table);
  await moveTables(copy, tables, into.schema);
  const members = tables.flatMap(({ tree }) => tree).map((member) => ({ ...member, schema: into.schema }));
  const sequences = tables.flatMap((table) => table.sequences).map(({ name }) => ({ schema: into.schema, name }));
  await programs.dumpTables(trialDatabase, [...members, ...sequences], DUMP, ...DEFINITIONS);
  const entries = await programs.list(DUMP);
  const script = async (kept: ReadonlySet<string>): Promise<string> => {
    const path = await programs.script(
      DUMP,
      'into.sql',
      entries.filter(({ tag }) => kept.has(tag)),
      '--no-owner',
      '--no-acl',
      '--no-tablespaces',
    );
    return forAnyClient((await place.host.readFile(path)) ?? '');
  };
  const scripts = { before: await script(BEFORE), after: await script(AFTER) };
  try {
    await using target = await LoadTarget.connect(into.dsn, place.signal);
    const digests = await target.inTransaction(async () => {
      await prepareTarget(target, into, [...members, ...sequences]);
      await target.execute(scripts.before);
      for (const member of members) if (member.kind === 'r') await copyMember(copy, target, member);
      await target.execute(scripts.after);
      for (const sequence of sequences) await setSequence(copy, target, qualified(sequence));
      return countAll(target, extract, into.schema);
    });
    return { schema: into.schema, tables: digests, leftOut: leftOutOf(entries) };
  } catch (error) {
    place.signal.throwIfAborted();
    if (error instanceof DrillError) throw error;
    throw new DrillError('table-not-dumped', `nothing was put into --into-dsn: ${messageOf(error)}`, {
      hint: 'what the tables need has to be there: types, functions, extensions, and the right to make a schema',
      cause: error,
    });
  }
}

/** In the trial database, which nobody else has: so all that refers to the tables goes with them. */
async function moveTables(copy: Database, tables: readonly Table[], schema: string): Promise<void> {
  await copy.execute(`create schema if not exists ${identifier(schema)}`);
  await leaveParents(copy, tables);
  for (const { tree, sequences } of tables) {
    for (const member of tree)
      if (member.schema !== schema)
        await copy.execute(`alter table ${qualified(member)} set schema ${identifier(schema)}`);
    for (const sequence of sequences) {
      // Those that belong to a table have gone with it.
      const [there] = await copy.rows(`select to_regclass(${literal(qualified(sequence))})`);
      if (sequence.schema !== schema && (there?.[0] ?? null) !== null)
        await copy.execute(`alter sequence ${qualified(sequence)} set schema ${identifier(schema)}`);
    }
  }
}

/** A partition or child that is taken without its parent must not be made one of the table of that name on the other server. */
async function leaveParents(copy: Database, tables: readonly Table[]): Promise<void> {
  const named = tables.flatMap(({ tree }) => tree).map((member) => literal(qualified(member)));
  const rows = await copy.rows(`
    select pn.nspname, p.relname, p.relkind::text, n.nspname, c.relname
    from pg_inherits i
    join pg_class c on c.oid = i.inhrelid join pg_namespace n on n.oid = c.relnamespace
    join pg_class p on p.oid = i.inhparent join pg_namespace pn on pn.oid = p.relnamespace
    where c.oid = any (array[${named.join(', ')}]::regclass[]) and p.oid <> all (array[${named.join(', ')}]::regclass[])`);
  for (const [parentSchema, parentName, kind, schema, name] of rows) {
    const parent = qualified({ schema: parentSchema ?? '', name: parentName ?? '' });
    const child = qualified({ schema: schema ?? '', name: name ?? '' });
    await copy.execute(
      kind === 'p' ? `alter table ${parent} detach partition ${child}` : `alter table ${child} no inherit ${parent}`,
    );
  }
}

async function copyMember(copy: Database, target: LoadTarget, member: Member): Promise<void> {
  const columns = await copy.rows(`
    select attname from pg_attribute where attrelid = ${literal(qualified(member))}::regclass
      and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`);
  const names = columnList(columns.flatMap(([name]) => name ?? []));
  await copy.execute(digestSettings('set'));
  await target.execute(digestSettings('set local'));
  await target.copyFrom(
    copy,
    `copy ${qualified(member)} ${names} to stdout`,
    `copy ${qualified(member)} ${names} from stdin`,
  );
}

async function setSequence(copy: Database, target: LoadTarget, sequence: string): Promise<void> {
  const [state] = await copy.rows(`select last_value, is_called from ${sequence}`);
  const [value, isCalled] = [state?.[0] ?? '1', state?.[1] ?? 'f'];
  await target.rows(
    `select pg_catalog.setval(${literal(sequence)}::regclass, ${value}, ${literal(isCalled)}::boolean)`,
  );
}

async function countAll(
  target: LoadTarget,
  { tables }: Extract,
  schema: string,
): Promise<(RowDigest & { readonly table: string })[]> {
  await target.execute(digestSettings('set local'));
  const counted: (RowDigest & { readonly table: string })[] = [];
  for (const { table, copy } of tables) {
    const name = { schema, name: table.name };
    const columns = table.columns.map((column) => column.name);
    const [row] = await target.rows(digestSql({ from: qualified(name), columns, where: null }));
    const digest = digestIn(row);
    if (!isSame(digest, copy)) {
      throw new DrillError(
        'table-not-dumped',
        `${shownTable(name)} would have other rows there than in the copy (${digest.rows} for ${copy.rows}): it was taken back`,
      );
    }
    counted.push({ table: shownTable(name), ...digest });
  }
  return counted;
}

function leftOutOf(entries: readonly ArchiveEntry[]): string[] {
  return entries
    .filter(({ tag }) => !BEFORE.has(tag) && !AFTER.has(tag) && tag !== 'TABLE DATA' && tag !== 'SEQUENCE SET')
    .map(neededText);
}
