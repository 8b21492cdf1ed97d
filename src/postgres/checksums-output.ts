import { shortened } from '../core/shortened.ts';

/** What pg_checksums (12 to 18) says of a page, and of a file that ends within one. */
const MISMATCH = /checksum verification failed in file "(.*)", block (\d+): /;
const TORN = /could not read block (\d+) in file "(.*)": read \d+ of \d+/;

/** A page that does not match its checksum, or cannot be read whole. */
export interface BadPage {
  readonly file: string;
  readonly block: number;
  readonly isTorn: boolean;
}

/** A page that a line of pg_checksums complains of, its file below the data directory; null: none. */
export function badPageIn(line: string, data: string): BadPage | null {
  const [, file, block] = MISMATCH.exec(line) ?? [];
  if (file !== undefined) return { file: below(file, data), block: Number(block), isTorn: false };
  const [, at, torn] = TORN.exec(line) ?? [];
  return torn === undefined ? null : { file: below(torn, data), block: Number(at), isTorn: true };
}

function below(file: string, data: string): string {
  return file.startsWith(`${data}/`) ? file.slice(data.length + 1).replace(/^\.\//, '') : file;
}

/** The file of a relation, without the number of its segment and the name of its fork: as pg_relation_filepath() has it. */
export function relationPath(file: string): string {
  return file.replace(/\.\d+$/, '').replace(/_(?:fsm|vm|init)$/, '');
}

/** Which fork of a relation a file is of. */
export function forkOf(file: string): string {
  return (
    { fsm: 'free space map', vm: 'visibility map', init: 'initial fork' }[
      /_(fsm|vm|init)(?:\.\d+)?$/.exec(file)?.[1] ?? ''
    ] ?? 'table or index'
  );
}

/** The count at the end of its work; null: the line has none. */
export function pagesIn(line: string): number | null {
  const pages = /^Blocks scanned:\s+(\d+)/.exec(line)?.[1];
  return pages === undefined ? null : Number(pages);
}

/** Why it did not go on; null: the line does not tell. */
export function errorOfChecksums(line: string): string | null {
  return /^pg_checksums: (?:error|fatal): /.test(line) ? shortened(line, 200) : null;
}
