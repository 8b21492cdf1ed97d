import { DrillError } from '../core/errors.ts';
import type { Host } from '../host/host.ts';
import type { ControlData } from './control-data.ts';

/** pg_xact (clog.c) has a file for each 2^20 transactions, from 0000 to 0FFF, where their numbers begin anew. */
const LAST_FILE = 0xfff;

const XIDS_IN_A_FILE = 2 ** 20;

/**
 * Throws `data-missing` when a data directory at rest lacks files of pg_xact, which say what was committed. PostgreSQL (15)
 * takes a missing one for zeros while it recovers, and says nothing: the rows of its transactions are gone. A cluster always
 * has one file, and none is missing up to the last. Of those before the oldest transaction of pg_control, VACUUM may have
 * removed some while the backup was taken.
 */
export async function requireTransactionStatus(
  host: Host,
  data: string,
  { oldestXid }: Pick<ControlData, 'oldestXid'>,
): Promise<void> {
  const lacking = lackingFile((await host.list(`${data}/pg_xact`)) ?? [], oldestXid);
  if (lacking === null) return;
  throw new DrillError(
    'data-missing',
    `the backup lacks pg_xact/${lacking}, which says which transactions were committed`,
    { hint: 'look for exclude in the configuration that the backup was taken with; take a new full backup without it' },
  );
}

/** The first file that is missing, by the names of those that are there; null: none. */
export function lackingFile(names: readonly string[], oldestXid: number): string | null {
  const numbers = new Set(names.flatMap((name) => (/^[0-9A-F]{4}$/.test(name) ? [Number.parseInt(name, 16)] : [])));
  const oldest = Math.floor(oldestXid / XIDS_IN_A_FILE);
  if (numbers.size === 0) return fileName(oldest);
  // Where the numbers begin anew the first file is in the middle.
  if (numbers.has(0) && numbers.has(LAST_FILE)) return null;
  const [first, last] = [Math.min(...numbers), Math.max(...numbers)];
  for (let number = Math.max(first, oldest); number < last; number += 1)
    if (!numbers.has(number)) return fileName(number);
  return null;
}

function fileName(number: number): string {
  return number.toString(16).toUpperCase().padStart(4, '0');
}
