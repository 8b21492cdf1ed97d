import type { Fault } from './data-fault.ts';

/** A table, or a materialized view, that is to be read whole. */
export interface ReadTable {
  readonly schema: string;
  readonly name: string;
  readonly bytes: number;
  readonly isView: boolean;
}

/** Lines before the first table: psql shows the SQLSTATE, and no context, which may quote rows. */
const HEADER = [
  '\\set VERBOSITY verbose',
  '\\set SHOW_CONTEXT never',
  'set row_security = off;',
  'set standard_conforming_strings = on;',
];

/** What psql prints when it is done with a table, whether it could be read or not. */
const DONE = 'pgdrill:read:';

/**
 * A script for psql that reads tables one after the other, each on one line, so that a line number names a table. COPY is what pg_dump
 * reads with: it writes out every value of every row. psql goes on after an error.
 */
export function readScript(tables: readonly ReadTable[]): string {
  const lines = tables.flatMap((table, index) => [copyOf(table), `\\echo ${DONE}${index} :ERROR`]);
  return [...HEADER, ...lines, ''].join('\n');
}

function copyOf({ schema, name, isView }: ReadTable): string {
  const relation = `${identifier(schema)}.${identifier(name)}`;
  return isView ? `copy (select * from ${relation}) to stdout;` : `copy ${relation} to stdout;`;
}

/** Which table a line of the output says is done, and whether psql had an error with it; null: it says no such thing. */
export function doneIn(line: string): { readonly table: number; readonly failed: boolean } | null {
  if (!line.startsWith(DONE)) return null;
  const [table = '', error] = line.slice(DONE.length).split(' ');
  return { table: Number(table), failed: error !== 'false' };
}

/** An error of psql: `psql:FILE:7: ERROR:  XX001: invalid page in block 0 of relation base/5/16390`. */
const ERROR = /^psql:.*?:(\d+): (?:ERROR|FATAL|PANIC):\s+(\w{5}): (.*)$/;

/** The number of the table that an error is about, and what the server said; null: the line is no such error. */
export function errorIn(line: string): (Fault & { readonly table: number }) | null {
  const [, at, sqlState = '', message = ''] = ERROR.exec(line) ?? [];
  if (at === undefined) return null;
  return { table: Math.floor((Number(at) - HEADER.length - 1) / 2), sqlState, message };
}

/** A name as SQL has it, on one line and in ASCII, whatever the encoding of the database. */
function identifier(name: string): string {
  if (/^[\x20-\x7e]*$/.test(name) && !name.includes('\\')) return `"${name.replaceAll('"', '""')}"`;
  const escaped = Array.from(name, (sign) => {
    const code = sign.codePointAt(0) ?? 0;
    if (sign === '"') return '""';
    if (sign === '\\') return '\\\\';
    return code >= 0x20 && code < 0x7f ? sign : `\\+${code.toString(16).padStart(6, '0')}`;
  });
  return `U&"${escaped.join('')}"`;
}

/** The tables of each of so many workers: the largest first, each to whoever has least to read. */
export function shareOut(tables: readonly ReadTable[], workers: number): ReadTable[][] {
  const shares = Array.from({ length: Math.max(1, workers) }, () => ({ bytes: 0, tables: [] as ReadTable[] }));
  for (const table of tables.toSorted((a, b) => b.bytes - a.bytes)) {
    const least = shares.reduce((a, b) => (b.bytes < a.bytes ? b : a));
    least.tables.push(table);
    least.bytes += table.bytes + 8192;
  }
  return shares.map((share) => share.tables).filter((share) => share.length > 0);
}

/** What pg_dump says at its end when it could not go on; null: the line is no such error. */
export function errorOfDump(line: string): { readonly message: string; readonly isDamage: boolean } | null {
  const said = /^pg_dump: error: (.*)$/.exec(line)?.[1];
  if (said === undefined) return null;
  const message = /ERROR:\s+(.*)$/.exec(said)?.[1] ?? said;
  return { message, isDamage: OF_DAMAGE.test(message) };
}

/** What PostgreSQL (12 to 18) says of damaged catalogs and large objects; pg_dump does not tell their SQLSTATE. */
const OF_DAMAGE =
  /^(?:invalid page in block|could not read block \d+ in file .* read only|could not open file .*No such file|missing chunk number|unexpected chunk|cache lookup failed|compressed \w+ data is corrupt|could not find tuple|failed sanity check|could not access status of transaction|found xmin|index .* contains)/;
