/** A row of a heap, as it lies in a page. */
export interface HeapRow {
  /** Its columns, one behind the other. */
  readonly data: Buffer;
  /** Whether a column, counted from 0, is null and so takes no room in the data. */
  readonly isNull: (column: number) => boolean;
}

/** Where the header of a page (bufpage.h) says how far its line pointers go, and how long the page is. */
const LOWER = 12;
const PAGE_SIZE = 18;
const PAGE_HEADER_BYTES = 24;
/** Where the header of a tuple (htup_details.h) has its flags, where its data begins, and which columns are null. */
const FLAGS = 20;
const DATA_OFFSET = 22;
const NULLS = 23;
/** The shortest row that a catalog has: an OID and a name. */
const LEAST_BYTES = 68;

/** The rows of a heap, from its pages: those that were not deleted or changed since, as far as a row itself says. */
export function heapRows(file: Buffer): HeapRow[] {
  const pageBytes = file.length >= PAGE_HEADER_BYTES ? file.readUInt16LE(PAGE_SIZE) & 0xff00 : 0;
  const pages = pageBytes === 0 ? 0 : Math.floor(file.length / pageBytes);
  return Array.from({ length: pages }, (_, index) => file.subarray(index * pageBytes, (index + 1) * pageBytes))
    .flatMap(tuplesOf)
    .filter((tuple) => tuple.length > NULLS && isAlive(tuple))
    .map((tuple) => ({
      data: tuple.subarray(tuple[DATA_OFFSET]),
      isNull: (column: number) => isNull(tuple, column),
    }))
    .filter(({ data }) => data.length > LEAST_BYTES);
}

function tuplesOf(page: Buffer): Buffer[] {
  const tuples: Buffer[] = [];
  const end = Math.min(page.readUInt16LE(LOWER), page.length);
  for (let at = PAGE_HEADER_BYTES; at + 4 <= end; at += 4) {
    const pointer = page.readUInt32LE(at);
    const [offset, flags, length] = [pointer & 0x7fff, (pointer >>> 15) & 3, pointer >>> 17];
    if (flags === NORMAL) tuples.push(page.subarray(offset, offset + length));
  }
  return tuples;
}

const NORMAL = 1;
const HAS_NULL = 0x0001;
const XMAX_LOCK_ONLY = 0x0080;
/** Both bits together say that a row is frozen: it is there for good. */
const XMIN_COMMITTED = 0x0100;
const XMIN_INVALID = 0x0200;
const XMAX_INVALID = 0x0800;

function isAlive(tuple: Buffer): boolean {
  const flags = tuple.readUInt16LE(FLAGS);
  const wasMade = (flags & (XMIN_COMMITTED | XMIN_INVALID)) !== XMIN_INVALID;
  return wasMade && (tuple.readUInt32LE(4) === 0 || (flags & (XMAX_INVALID | XMAX_LOCK_ONLY)) !== 0);
}

/** A bit that is set says that a column is there. */
function isNull(tuple: Buffer, column: number): boolean {
  if ((tuple.readUInt16LE(FLAGS) & HAS_NULL) === 0) return false;
  return (((tuple[NULLS + (column >>> 3)] ?? 0) >>> (column & 7)) & 1) === 0;
}

const NAME_BYTES = 64;

/** A column of the type `name`. */
export function nameAt(data: Buffer, at: number): string {
  const end = data.indexOf(0, at);
  return data.toString('utf8', at, end < 0 || end > at + NAME_BYTES ? at + NAME_BYTES : end);
}

/**
 * A text with a header of one byte, whose lowest bit is set (varatt.h), and where the next column begins. What catalogs hold of
 * locales and versions is never long enough for more; another gives an empty one, and the end of the row.
 */
export function shortText(data: Buffer, at: number): [text: string, next: number] {
  const header = data[at] ?? 0;
  const length = (header & 1) === 1 ? header >>> 1 : 0;
  return length < 1 ? ['', data.length] : [data.toString('utf8', at + 1, at + length), at + length];
}
