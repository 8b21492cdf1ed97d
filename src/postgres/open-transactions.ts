import type { Database } from './database.ts';
import { precedes } from './wal-line.ts';

/** Transactions that may be open where replay stands, as 64 bits: what they did before is not in the WAL behind that place. */
export interface OpenTransactions {
  readonly from: bigint;
  readonly before: bigint;
}

/** None: replay stands where nothing was begun. */
export const NONE_OPEN: OpenTransactions = { from: 0n, before: 0n };

/**
 * Asks a standby which transactions may be open. A snapshot that is taken in recovery does not list them (12 to 18), and its end is
 * the last that has ended: the next number is where the server says that a transaction is in the future.
 */
export async function openTransactions(database: Database): Promise<OpenTransactions> {
  const [row] = await database.rows(
    `select txid_snapshot_xmin(s)::text, txid_snapshot_xmax(s)::text from txid_current_snapshot() s`,
  );
  const [from, known] = [BigInt(row?.[0] ?? 0), BigInt(row?.[1] ?? 0)];
  let [begun, future] = [known - 1n, known];
  for (let step = 1n; !(await isInFuture(database, future)); step *= 2n) [begun, future] = [future, future + step];
  while (future - begun > 1n) {
    const middle = (begun + future) / 2n;
    if (await isInFuture(database, middle)) future = middle;
    else begun = middle;
  }
  return { from, before: future };
}

/** `transaction ID 4711 is in the future` (12 to 18). */
async function isInFuture(database: Database, xid: bigint): Promise<boolean> {
  const answer = await database.attempt(`select txid_status(${xid})`);
  if ('rows' in answer) return false;
  if (/ is in the future/.test(answer.refused)) return true;
  throw new Error(`the server does not tell of transaction ${xid}: ${answer.refused}`);
}

/** Whether one of these numbers, as WAL has them, is that of a transaction that may have been open. */
export function wasOpen(xids: readonly string[], { from, before }: OpenTransactions): boolean {
  if (from >= before) return false;
  const [first, next] = [from, before].map((xid) => String(BigInt.asUintN(32, xid)));
  return xids.some((xid) => !precedes(xid, first ?? '') && precedes(xid, next ?? ''));
}
