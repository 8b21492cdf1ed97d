import { DrillError } from '../core/errors.ts';
import type { Host } from '../host/host.ts';

/** pg_xact (clog.c) has a file for each 2^20 transactions, from 0000 to 0FFF, where their numbers begin anew. */
const LAST_FILE = 0xfff;

/**
 * Throws `data-missing` when a data directory at rest lacks files of pg_xact, which say what was committed. PostgreSQL (15)
 * takes a missing one for zeros while it recovers, and says nothing: the rows of its transactions are gone. A cluster always
 * has one file, and none is missing between the first and the last.
 */
export async function requireTransactionStatus(host: Host, data: string): Promise<void> {
  const lacking = lackingFile((await host.list(`${data}/pg_xact`)) ?? []);
  if (lacking === null) return;
  throw new DrillError(
    'data-missing',
    `the backup lacks pg_xact/${lacking}, which says which transactions were committed`,
    {
      hint: 'look for exclude in the configuration that the backup was taken with; take a new full backup without it',
    },
  );
}

/** The first file that is missing, by the names of those that are there; null: none. */
export function lackingFile(names: readonly string[]): string | null {
  const numbers = new Set(names.flatMap((name) => (/^[0-9A-F]{4}$/.test(name) ? [Number.parseInt(name, 16)] : [])));
  if (numbers.size === 0) return fileName(0);
  // Where the numbers begin anew the first file is in the middle.
  if (numbers.has(0) && numbers.has(LAST_FILE)) return null;
  for (let number = Math.min(...numbers); number < Math.max(...numbers); number += 1)
    if (!numbers.has(number)) return fileName(number);
  return null;
}

function fileName(number: number): string {
  return number.toString(16).toUpperCase().padStart(4, '0');
}
