import { isUtf8 } from 'node:buffer';
import { setImmediate } from 'node:timers/promises';
import { environmentLacks } from '../postgres/lacks.ts';
import { Database, DatabaseError, databaseFailure, lackOf } from '../postgres/database.ts';
import { escapedBytes } from '../postgres/guarded-socket.ts';
import type { Sessions } from '../postgres/sessions.ts';
import { jsonOf } from '../postgres/server-json.ts';
import type { CheckReport } from '../report/report.ts';

/** What is missing of a database, and what a reader has to be told of it. */
export interface DatabaseFindings {
  readonly name: string;
  /** What the server said instead of letting us in; null: it let us in. */
  readonly refusal: string | null;
  /** Files of relations that are not there, and the first of these relations. */
  readonly missing: { readonly count: number; readonly first: readonly string[] };
  readonly relations: number;
  /** Unlogged tables, and the first of them. */
  readonly unlogged: { readonly count: number; readonly first: readonly string[] };
  /** Collations whose version differs from that of this machine, as `name: 2.28 there, 2.36 here`. */
  readonly collations: readonly string[];
}

/** All databases of a cluster, and what came of those that were asked. */
export interface Inspected {
  /** Those that take connections. */
  readonly databases: readonly DatabaseFindings[];
  /** Those that take none, and have no directory with files. */
  readonly withoutFiles: readonly string[];
  /** Those whose DROP DATABASE was interrupted in production: PostgreSQL lets nobody in, there or here. */
  readonly invalid: readonly string[];
  /** Those that nobody could ask for, since their names are no UTF-8, with such bytes escaped: `caf\xe9`. */
  readonly unnamed: readonly string[];
}

const NAMED = 3;

/**
 * Every database: whether it takes connections, whether it is invalid (datconnlimit -2: PostgreSQL 15.4, 16 and their
 * contemporaries), and whether its directory has files, which is all that can be asked of one that takes none. Names come as their
 * bytes: pg_database has no encoding, and what the encoding of the database that is asked makes of them would be another name.
 */
const DATABASES = String.raw`
  select encode(replace(datname::text, '\', '\\')::bytea, 'hex'), datallowconn, datconnlimit = -2,
    oid in (select pg_tablespace_databases(dattablespace)) from pg_database order by oid`;

/** Before 18 relpages is what VACUUM saw; from 18 on it may have been imported together with other statistics. */
const STATISTICS_MAY_BE_IMPORTED = 18;

/**
 * One row: relations with files, files that are not there, names of the first. A backup may have been told to leave files
 * out (pgBackRest's exclude), and PostgreSQL recovers without them. A segment that VACUUM has emptied stays as an empty
 * file (md.c), so every segment up to relpages is there. Of unlogged relations a standby has the init fork alone.
 */
function filesQuery(major: number): string {
  const segments = major >= STATISTICS_MAY_BE_IMPORTED ? '0' : 'greatest(c.relpages - 1, 0) / blocks.per_segment';
  return `
    with blocks as (select setting::int as per_segment from pg_settings where name = 'segment_size'),
    relations as (
      select c.oid, c.oid::regclass::text as name, pg_relation_filepath(c.oid)
          || case when c.relpersistence = 'u' and pg_is_in_recovery() then '_init' else '' end as path,
        case when c.relpersistence = 'u' then 0 else ${segments} end as last_segment
      from pg_class c, blocks
      where c.relpersistence in ('p', 'u') and c.relkind in ('r', 'i', 'S', 't', 'm')
    ),
    missing as (
      select oid, name from relations r, generate_series(0, r.last_segment) segment
      where r.path is not null
        and pg_stat_file(r.path || case segment when 0 then '' else '.' || segment end, true) is null
    )
    select (select count(*) from relations), (select count(*) from missing),
      (select json_agg(name) from (select distinct name from missing order by name limit ${NAMED}) first),
      (select count(*) from pg_class where relpersistence = 'u' and relkind = 'r'),
      (select json_agg(name) from (select oid::regclass::text as name from pg_class
        where relpersistence = 'u' and relkind = 'r' order by 1 limit ${NAMED}) first)`;
}

/** The database's own collation (from 15 on its version is known) and those of its indexes, where versions differ. */
function collationsQuery(major: number): string {
  const own = `
    select 'the database itself' as name, datcollversion as there, pg_database_collation_actual_version(oid) as here
    from pg_database where datname = current_database() union all`;
  return `
    select name || ': ' || there || ' there, ' || here || ' here' from (${major >= 15 ? own : ''}
      select c.collname, c.collversion, pg_collation_actual_version(c.oid) from pg_collation c
      where c.oid in (select unnest(indcollation) from pg_index) and c.collversion is not null) versions
    where there <> here order by 1`;
}

/** A name in UTF-8; null: it is none, and the startup packet of pg cannot name it. */
function nameOf(hex: string | null | undefined): string | null {
  const bytes = Buffer.from(hex ?? '', 'hex');
  return isUtf8(bytes) ? bytes.toString('utf8') : null;
}

/**
 * Asks every database that takes connections, a few at a time, whether all files of its relations are there. Throws a
 * DrillError when this machine, and not the backup, is why one cannot be asked.
 */
export async function inspectDatabases(
  sessions: Sessions,
  major: number,
  atOnce: number,
  signal: AbortSignal,
): Promise<Inspected> {
  await using database = await sessions.ours();
  const rows = await database.rows(DATABASES);
  const valid = rows.filter(([, , isInvalid]) => isInvalid !== 't');
  const names = valid.flatMap(([hex, open]) => (open === 't' ? (nameOf(hex) ?? []) : []));
  const found: DatabaseFindings[] = [];
  const next = names.values();
  const work = async (): Promise<void> => {
    for (const name of next) {
      signal.throwIfAborted();
      found.push(await inspect(sessions, name, major));
      await setImmediate();
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, atOnce) }, work));
  return {
    databases: found.toSorted((a, b) => names.indexOf(a.name) - names.indexOf(b.name)),
    withoutFiles: namesOf(valid.filter(([, open, , hasFiles]) => open !== 't' && hasFiles !== 't')),
    invalid: namesOf(rows.filter(([, , isInvalid]) => isInvalid === 't')),
    unnamed: namesOf(valid.filter(([hex, open]) => open === 't' && nameOf(hex) === null)),
  };
}

function namesOf(rows: readonly (readonly (string | null)[])[]): string[] {
  return rows.map(([hex]) => nameOf(hex) ?? escapedBytes(Buffer.from(hex ?? '', 'hex')));
}

async function inspect(sessions: Sessions, name: string, major: number): Promise<DatabaseFindings> {
  try {
    await using database = await sessions.of(name);
    return await look(database, name, major);
  } catch (error) {
    const lack = lackOf(error);
    if (lack) throw environmentLacks(lack, error);
    const cause = error instanceof Error && error.cause instanceof DatabaseError ? error.cause : error;
    if (!(cause instanceof DatabaseError)) throw databaseFailure(error);
    const refusal = [cause.message, cause.detail].filter(Boolean).join(': ');
    const nothing = { count: 0, first: [] };
    return { name, refusal, relations: 0, missing: nothing, unlogged: nothing, collations: [] };
  }
}

async function look(database: Database, name: string, major: number): Promise<DatabaseFindings> {
  const [row] = await database.rows(filesQuery(major));
  const [relations, missing, firstMissing, unlogged, firstUnlogged] = row ?? [];
  const versions = await database.rows(collationsQuery(major));
  return {
    name,
    refusal: null,
    relations: Number(relations),
    missing: { count: Number(missing), first: namesIn(firstMissing) },
    unlogged: { count: Number(unlogged), first: namesIn(firstUnlogged) },
    collations: versions.map(([text]) => text ?? ''),
  };
}

function namesIn(json: string | null | undefined): string[] {
  return json ? (jsonOf(json) as string[]) : [];
}

/** What every run asks of the data, whatever its plan asks. */
export function wholenessChecks({ databases, withoutFiles }: Inspected, user: string): CheckReport[] {
  const closed = databases.filter(({ refusal }) => refusal !== null);
  const lacking = [
    ...withoutFiles.map((name) => `database ${name} has no files at all`),
    ...databases.filter(({ missing }) => missing.count > 0).map(missingText),
  ];
  const relations = databases.reduce((sum, database) => sum + database.relations, 0);
  return [
    wholenessCheck({
      name: 'every database takes a connection',
      expected: counted(databases.length, 'database'),
      observed:
        closed.map(({ name, refusal }) => `${name}: ${refusal ?? ''}`).join('; ') || `all of them, as "${user}"`,
      holds: closed.length === 0,
    }),
    wholenessCheck({
      name: 'every relation has its files',
      expected: counted(relations, 'relation'),
      observed: lacking.join('; ') || 'all of them',
      holds: lacking.length === 0,
    }),
  ];
}

function missingText({ name, missing }: DatabaseFindings): string {
  return `database ${name} lacks ${counted(missing.count, 'file')}: ${listed(missing)}`;
}

/** The first names of some, and that there are more. */
export function listed({ count, first }: { readonly count: number; readonly first: readonly string[] }): string {
  return first.join(', ') + (count > first.length ? ` and ${count - first.length} more` : '');
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function wholenessCheck(about: { name: string; expected: string; observed: string; holds: boolean }): CheckReport {
  const { name, expected, observed, holds } = about;
  return {
    name,
    kind: 'wholeness',
    severity: 'critical',
    status: holds ? 'passed' : 'failed',
    expected,
    observed,
    durationMs: null,
    sql: null,
    message: null,
  };
}
