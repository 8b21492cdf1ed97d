import type { Host } from '../host/host.ts';
import { readBytes, readBytesOfAll } from '../host/read-bytes.ts';
import { databaseCollation, type DatabaseCollation } from './database-collation.ts';
import { heapRows, nameAt, shortText, type HeapRow } from './heap-rows.ts';

/** What the shared catalogs of a restored cluster say, read from their files before any server runs. */
export interface SharedCatalogs {
  /** Roles that may log in as superusers, the one that initdb made first. */
  readonly superusers: readonly string[];
  readonly databases: readonly string[];
  /** LC_COLLATE and LC_CTYPE of databases. */
  readonly locales: readonly string[];
  /** How the databases sort. */
  readonly collations: readonly DatabaseCollation[];
}

const PG_DATABASE = 1262;
const PG_AUTHID = 1260;
const BOOTSTRAP_SUPERUSER = 10;
const NAME_BYTES = 64;
const NOTHING = Buffer.alloc(0);

/**
 * Reads pg_authid and pg_database from a data directory at rest. Both are heaps of fixed names (PostgreSQL 12 to 18): a
 * role that nobody knows cannot be asked for, and a locale that is missing ends every connection, after hours of replay.
 * WAL may still change both: what is told here is to be tried. A file that cannot be read tells nothing.
 */
export async function readSharedCatalogs(host: Host, data: string, major: number): Promise<SharedCatalogs> {
  const pathOf = (file: number | string): string => `${data}/global/${file}`;
  // A file has the number of its catalog until VACUUM FULL writes it anew, so all are read at once.
  const files = await readBytesOfAll(host, ['pg_filenode.map', PG_AUTHID, PG_DATABASE].map(pathOf));
  const [map = NOTHING, authid = NOTHING, database = NOTHING] = files;
  const rowsOf = async (relation: number, file: Buffer): Promise<HeapRow[]> => {
    const number = filenodeOf(map, relation);
    return heapRows(number === relation ? file : await readBytes(host, pathOf(number)));
  };
  const [roles, all] = await Promise.all([rowsOf(PG_AUTHID, authid), rowsOf(PG_DATABASE, database)]);
  const open = all.filter(({ data: row }) => takesConnections(row, major));
  const databases = open.map(({ data: row }) => row);
  return {
    superusers: [
      ...new Set(
        roles
          .map(({ data: row }) => row)
          .filter(maySuper)
          .toSorted((a, b) => rank(a) - rank(b))
          .map((row) => nameAt(row, 4)),
      ),
    ],
    databases: [...new Set(databases.map((row) => nameAt(row, 4)))],
    locales: [...new Set(databases.flatMap((row) => localesOf(row, major)).filter((name) => name !== ''))],
    collations: open.map((row) => databaseCollation(row, major)),
  };
}

/** relmapper.c: magic, number of mappings, then pairs of relation and file. */
function filenodeOf(map: Buffer, relation: number): number {
  for (let at = 8; at + 8 <= map.length; at += 8) {
    if (map.readUInt32LE(at) === relation) return map.readUInt32LE(at + 4);
  }
  return relation;
}

/** oid, rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin. */
function maySuper(row: Buffer): boolean {
  return row[4 + NAME_BYTES] === 1 && row[4 + NAME_BYTES + 4] === 1;
}

function rank(role: Buffer): number {
  return role.readUInt32LE(0) === BOOTSTRAP_SUPERUSER ? 0 : 1;
}

/** Behind oid, datname, datdba and encoding; until 14 the two locales, as names, come next. */
const DATABASE_FLAGS = 4 + NAME_BYTES + 8;

/** datistemplate, datallowconn; since 15 behind datlocprovider. */
function takesConnections(row: Buffer, major: number): boolean {
  return row[DATABASE_FLAGS + (major < 15 ? 2 * NAME_BYTES + 1 : 2)] === 1;
}

/** Since 15 texts behind four bytes of flags, datconnlimit, datfrozenxid, datminmxid and dattablespace. */
function localesOf(row: Buffer, major: number): string[] {
  if (major < 15) return [nameAt(row, DATABASE_FLAGS), nameAt(row, DATABASE_FLAGS + NAME_BYTES)];
  const [collate, next] = shortText(row, DATABASE_FLAGS + 4 + 16);
  return [collate, shortText(row, next)[0]];
}

/** Those of the names that setlocale() does not know there; null: there is no program to ask. */
export async function localesLacking(host: Host, names: readonly string[]): Promise<string[] | null> {
  const asked = await Promise.all(
    names.map(async (name) => {
      const { stderr } = await host.run(['locale', 'charmap'], { env: { LC_ALL: name } });
      // glibc: "locale: Cannot set LC_ALL to default locale: No such file or directory"
      return /Cannot set LC_ALL/.test(stderr) ? [name] : [];
    }),
  ).catch(() => null);
  return asked === null ? null : asked.flat();
}
