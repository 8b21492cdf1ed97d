import type { Host } from '../host/host.ts';
import { readBytes, readBytesOfAll } from '../host/read-bytes.ts';

/** What the shared catalogs of a restored cluster say, read from their files before any server runs. */
export interface SharedCatalogs {
  /** Roles that may log in as superusers, the one that initdb made first. */
  readonly superusers: readonly string[];
  readonly databases: readonly string[];
  /** LC_COLLATE and LC_CTYPE of databases. */
  readonly locales: readonly string[];
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
  const rowsOf = async (relation: number, file: Buffer): Promise<Buffer[]> => {
    const number = filenodeOf(map, relation);
    return heapRows(number === relation ? file : await readBytes(host, pathOf(number)));
  };
  const [roles, all] = await Promise.all([rowsOf(PG_AUTHID, authid), rowsOf(PG_DATABASE, database)]);
  const databases = all.filter((row) => takesConnections(row, major));
  return {
    superusers: [
      ...new Set(
        roles
          .filter(maySuper)
          .toSorted((a, b) => rank(a) - rank(b))
          .map((row) => nameAt(row, 4)),
      ),
    ],
    databases: [...new Set(databases.map((row) => nameAt(row, 4)))],
    locales: [...new Set(databases.flatMap((row) => localesOf(row, major)).filter((name) => name !== ''))],
  };
}

/** relmapper.c: magic, number of mappings, then pairs of relation and file. */
function filenodeOf(map: Buffer, relation: number): number {
  for (let at = 8; at + 8 <= map.length; at += 8) {
    if (map.readUInt32LE(at) === relation) return map.readUInt32LE(at + 4);
  }
  return relation;
}

/** Where the header of a page (bufpage.h) says how far its line pointers go, and how long the page is. */
const LOWER = 12;
const PAGE_SIZE = 18;
const PAGE_HEADER_BYTES = 24;
/** Where the header of a tuple (htup_details.h) says where its data begins. */
const DATA_OFFSET = 22;

/** The user data of each row of a heap, from its pages. */
function heapRows(file: Buffer): Buffer[] {
  const pageBytes = file.length >= PAGE_HEADER_BYTES ? file.readUInt16LE(PAGE_SIZE) & 0xff00 : 0;
  const pages = pageBytes === 0 ? 0 : Math.floor(file.length / pageBytes);
  return Array.from({ length: pages }, (_, index) => file.subarray(index * pageBytes, (index + 1) * pageBytes))
    .flatMap(tuplesOf)
    .filter((tuple) => tuple.length > PAGE_HEADER_BYTES + 4 + NAME_BYTES && isAlive(tuple))
    .map((tuple) => tuple.subarray(tuple[DATA_OFFSET]));
}

function tuplesOf(page: Buffer): Buffer[] {
  const tuples: Buffer[] = [];
  for (let at = PAGE_HEADER_BYTES; at + 4 <= page.readUInt16LE(LOWER); at += 4) {
    const pointer = page.readUInt32LE(at);
    const [offset, flags, length] = [pointer & 0x7fff, (pointer >>> 15) & 3, pointer >>> 17];
    if (flags === NORMAL) tuples.push(page.subarray(offset, offset + length));
  }
  return tuples;
}

const NORMAL = 1;
const XMAX_LOCK_ONLY = 0x0080;
const XMIN_INVALID = 0x0200;
const XMAX_INVALID = 0x0800;

/** No version that was deleted or changed since, as far as the row itself says (htup_details.h). */
function isAlive(tuple: Buffer): boolean {
  const flags = tuple.readUInt16LE(20);
  return (
    (flags & XMIN_INVALID) === 0 && (tuple.readUInt32LE(4) === 0 || (flags & (XMAX_INVALID | XMAX_LOCK_ONLY)) !== 0)
  );
}

function nameAt(row: Buffer, at: number): string {
  const end = row.indexOf(0, at);
  return row.toString('utf8', at, end < 0 || end > at + NAME_BYTES ? at + NAME_BYTES : end);
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

/** A text with a header of one byte, whose lowest bit is set (varatt.h); a locale's name is never long enough for more. */
function shortText(row: Buffer, at: number): [string, number] {
  const header = row[at] ?? 0;
  const length = (header & 1) === 1 ? header >>> 1 : 0;
  return length < 1 ? ['', row.length] : [row.toString('utf8', at + 1, at + length), at + length];
}

/** Those of the names that setlocale() does not know there. Where there is no program to ask, nothing is known to lack. */
export async function localesLacking(host: Host, names: readonly string[]): Promise<string[]> {
  const asked = await Promise.all(
    names.map(async (name) => {
      const { stderr } = await host.run(['locale', 'charmap'], { env: { LC_ALL: name } });
      // glibc: "locale: Cannot set LC_ALL to default locale: No such file or directory"
      return /Cannot set LC_ALL/.test(stderr) ? [name] : [];
    }),
  ).catch(() => []);
  return asked.flat();
}
