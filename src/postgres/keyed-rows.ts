/** Rows in the order of a key, a bounded number at a time. */
export type RowBatches = AsyncGenerator<readonly (readonly (string | null)[])[]>;

const BATCH = 2000;

/**
 * Reads the rows of a query through a cursor of a transaction that is open, a batch at a time: neither side holds more than that.
 * `ask` runs one statement.
 */
export async function* inBatches(
  ask: (sql: string) => Promise<readonly (readonly (string | null)[])[]>,
  sql: string,
): RowBatches {
  await ask(`declare pgdrill_rows no scroll cursor for ${sql}`);
  for (;;) {
    const rows = await ask(`fetch forward ${BATCH} from pgdrill_rows`);
    if (rows.length > 0) yield rows;
    if (rows.length < BATCH) break;
  }
  await ask('close pgdrill_rows');
}
