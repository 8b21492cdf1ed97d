import { parseLsn, type Lsn } from './lsn.ts';
import { parseRecord, type WalRecord } from './waldump.ts';

// Lines of pg_waldump (12 to 18). There are millions of them, so that each is looked at by its beginning first, and taken
// apart only where it matters:
//   rmgr: Heap        len (rec/tot):     54/   150, tx:        488, lsn: 0/01520B58, prev 0/01520B20, desc: INSERT off 3 …,
//   blkref #0: rel 1663/13593/16384 blk 0

/** A record as pg_waldump tells it. */
export interface WalLine {
  /** The resource manager. */
  readonly manager: string;
  /** As the record has it; 0 where it belongs to no transaction. */
  readonly xid: string;
  readonly lsn: Lsn;
  /** Where the record before begins. */
  readonly previous: Lsn;
  /** In bytes, without headers of pages. */
  readonly length: number;
  /** What is done, in the words of pg_waldump: INSERT, HOT_UPDATE. */
  readonly verb: string;
  /** What else it says. */
  readonly rest: string;
}

const LINE =
  /^rmgr: (\S+) +len \(rec\/tot\): *\d+\/ *(\d+), tx: *(\d+), lsn: ([0-9A-F]+\/[0-9A-F]+), prev ([0-9A-F]+\/[0-9A-F]+), desc: (\S+) ?(.*)$/;

/** The whole of a line; null: it is of no record. */
export function parseWalLine(line: string): WalLine | null {
  const match = LINE.exec(line);
  if (match === null) return null;
  const [, manager = '', length = '', xid = '', position = '', before = '', verb = '', rest = ''] = match;
  const [lsn, previous] = [parseLsn(position), parseLsn(before)];
  if (lsn === null || previous === null) return null;
  return { manager, xid, lsn, previous, length: Number(length), verb: verb.replace(/:$/, ''), rest };
}

/**
 * Where replay stands once a record was replayed: behind it, aligned (MAXALIGN), with the headers of the pages that it goes over.
 * After a switch it stands at the end of the segment.
 */
export function endOf({ manager, verb, lsn, length }: WalLine, segmentBytes: number): Lsn {
  const segment = BigInt(segmentBytes);
  if (manager === 'XLOG' && verb === 'SWITCH') return (lsn / segment + 1n) * segment;
  let at = lsn;
  for (let left = BigInt(length); ;) {
    const page = (at / PAGE_BYTES + 1n) * PAGE_BYTES;
    if (left <= page - at) return ((at + left + 7n) / 8n) * 8n;
    left -= page - at;
    at = page + (page % segment === 0n ? 40n : 24n);
  }
}

const PAGE_BYTES = 8192n;

/** Where the record of a line begins, as it stands there: of two texts the longer is the later, and of one length the greater. */
export function positionIn(line: string): string | null {
  const begin = line.indexOf(', lsn: ', 40);
  if (begin < 0) return null;
  return line.slice(begin + 7, line.indexOf(',', begin + 7));
}

/** Whether a position lies before another, as pg_waldump prints them (`%X/%08X`). */
export function isTextBefore(a: string, b: string): boolean {
  return a.length === b.length ? a < b : a.length < b.length;
}

/** Whether a line is of this resource manager. */
export function isOf(line: string, manager: string): boolean {
  return line.startsWith(manager, 6) && line.charCodeAt(6 + manager.length) === SPACE;
}

const SPACE = 32;

/** A file of a relation, as `DATABASE/FILENODE`; the database is 0 for what all share. The tablespace may change, and tells nothing. */
export type FileNode = string;

/** Calls back for the file of each relation whose pages a line names: `rel 1663/13593/16384 blk 0`, `rel … fork vm blk 0`. */
export function eachFileNode(line: string, take: (file: FileNode) => void): void {
  for (let at = line.indexOf(': rel '); at >= 0; at = line.indexOf(': rel ', at + 6)) {
    const slash = line.indexOf('/', at + 6);
    const end = line.indexOf(' ', slash);
    if (slash > 0 && end > slash) take(line.slice(slash + 1, end));
  }
}

/**
 * The file that a record of the storage manager makes: `CREATE base/5/16390`, `CREATE global/1262`,
 * `CREATE pg_tblspc/16400/PG_15_202209061/5/16391`.
 */
export function createdFile({ verb, rest }: WalLine): FileNode | null {
  if (verb !== 'CREATE') return null;
  const shared = /^global\/(\d+)/.exec(rest)?.[1];
  if (shared !== undefined) return `0/${shared}`;
  return /^(?:base|pg_tblspc\/\d+\/[^/]+)\/(\d+\/\d+)/.exec(rest)?.[1] ?? null;
}

/** Somebody holds an access exclusive lock: `LOCK xid 740 db 5 rel 16384 `, several in a record that lists all that are held. */
export interface HeldExclusively {
  readonly xid: string;
  readonly database: string;
  readonly relation: string;
}

/** The locks that a record of the resource manager Standby tells of. */
export function locksIn({ verb, rest }: WalLine): HeldExclusively[] {
  if (verb !== 'LOCK') return [];
  return [...rest.matchAll(/xid:? (\d+),? db:? (\d+),? rel:? (\d+)/g)].map(
    ([, xid = '', database = '', relation = '']) => ({ xid, database, relation }),
  );
}

/**
 * The oldest transaction that runs, where a record tells (`RUNNING_XACTS nextXid 741 latestCompletedXid 740 oldestRunningXid 741`):
 * what is older has ended, with a record of its end or, in a crash, without.
 */
export function oldestRunning({ verb, rest }: WalLine): string | null {
  return verb === 'RUNNING_XACTS' ? (/oldestRunningXid:? (\d+)/.exec(rest)?.[1] ?? null) : null;
}

/** Whether a transaction was begun before another: ids go round (TransactionIdPrecedes). */
export function precedes(a: string, b: string): boolean {
  return ((Number(a) - Number(b)) | 0) < 0;
}

/** What the end of a transaction says beside its time. */
export interface TransactionEnd extends WalRecord {
  readonly previous: Lsn;
  /** It was prepared, and ended later. */
  readonly isPrepared: boolean;
  /** OIDs of relations whose definition, or file, was changed: `inval msgs: catcache 54 relcache 16385`. */
  readonly changed: readonly string[];
  /** It changed catalogs. */
  readonly changesCatalogs: boolean;
}

/** The end of a transaction; null: the line is of something else. */
export function transactionEnd(line: string): TransactionEnd | null {
  const record = parseRecord(line);
  const parsed = record === null || record.kind === 'restore point' ? null : parseWalLine(line);
  if (record === null || parsed === null) return null;
  const messages = /; inval msgs:(.*)$/.exec(parsed.rest)?.[1] ?? '';
  return {
    ...record,
    previous: parsed.previous,
    isPrepared: parsed.verb.endsWith('_PREPARED'),
    changed: [...messages.matchAll(/relcache (\d+)/g)].map(([, oid = '']) => oid),
    changesCatalogs: messages !== '',
  };
}

/** What changes no row: locks of rows, and what cleans up (names of 12 to 18). */
const CHANGES_NOTHING: ReadonlySet<string> = new Set([
  'Heap LOCK',
  'Heap INPLACE',
  'Heap2 LOCK_UPDATED',
  'Heap2 VISIBLE',
  'Heap2 CLEAN',
  'Heap2 CLEANUP_INFO',
  'Heap2 FREEZE_PAGE',
  'Heap2 VACUUM',
  'Heap2 PRUNE',
  'Heap2 PRUNE_ON_ACCESS',
  'Heap2 PRUNE_VACUUM_SCAN',
  'Heap2 PRUNE_VACUUM_CLEANUP',
  'XLOG FPI_FOR_HINT',
]);

/** Whether a record may change what a query answers. */
export function mayChangeRows({ manager, verb }: Pick<WalLine, 'manager' | 'verb'>): boolean {
  return !CHANGES_NOTHING.has(`${manager} ${verb.replace(/\+INIT$/, '')}`);
}
