import { heapRows, nameAt, shortText } from './heap-rows.ts';

/** An extension that a database has. */
export interface ExtensionUse {
  readonly database: string;
  readonly name: string;
  readonly version: string;
}

/** The file of pg_extension in the directory of a database, until VACUUM FULL writes it anew (12 to 18). */
export const EXTENSIONS_FILE = '3079';

/** Behind oid, extname, extowner, extnamespace and extrelocatable. */
const VERSION = 4 + 64 + 4 + 4 + 1;

/** Reads a file of pg_extension. */
export function extensionsIn(file: Buffer, database: string): ExtensionUse[] {
  return heapRows(file).map(({ data }) => ({ database, name: nameAt(data, 4), version: shortText(data, VERSION)[0] }));
}
