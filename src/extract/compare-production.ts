import { DrillError, messageOf } from '../core/errors.ts';
import type { Database } from '../postgres/database.ts';
import { qualified, shownName, shownTable } from '../postgres/identifier.ts';
import { Production } from '../postgres/production.ts';
import type { Column, Table } from './catalog.ts';
import type { CopyPlace } from './copy-programs.ts';
import { columnsThere, commonColumns, compareAsked } from './compare-states.ts';
import type { Differences } from './differences.ts';
import { isOrderedAlike } from './keyed-sql.ts';
import { digestSettings, rowsFrom } from './row-digest.ts';
import type { Wanted } from './wanted.ts';

/** Production, and how far it is asked. */
export interface AskedProduction {
  readonly dsn: string;
  /** Each statement there is stopped after this. */
  readonly timeoutMs: number;
  /** How many differences are shown. */
  readonly limit: number;
  /** Of the cluster that was restored. */
  readonly systemId: string;
}

/**
 * Which rows of the tables differ from production's, which is only read: one transaction that is read only and waits for no lock longer
 * than two seconds. Throws `production-unanswered`.
 */
export async function compareWithProduction(
  { sessions, signal }: CopyPlace,
  { database, tables, where }: Wanted,
  { dsn, timeoutMs, limit, systemId }: AskedProduction,
): Promise<Differences[]> {
  try {
    await using production = await Production.connect(dsn, null, signal);
    const cluster = await production.systemId(timeoutMs);
    const elsewhere =
      cluster === null || cluster === systemId
        ? []
        : [`what answers is another cluster (system identifier ${cluster})`];
    await using session = await sessions.of(database);
    await session.execute(digestSettings('set'));
    const all: Differences[] = [];
    for (const table of tables) {
      all.push(
        await production.inOneState(digestSettings('set local'), timeoutMs, async (ask) => {
          const there = await columnsThere(ask, table);
          if (there === null) return allGone(session, { table, where }, [...elsewhere, goneText(production.database)]);
          const [own, theirs] = [table.columns, there].map((columns) => columns.map(({ name }) => name)) as [
            string[],
            string[],
          ];
          const { columns, notes } = commonColumns(own, theirs, 'production');
          // Values of another type would come in another order.
          const isThere = ({ name, type }: Column): boolean =>
            there.some((one) => one.name === name && isOrderedAlike(one, { type }));
          const key = table.key.every(isThere) ? table.key : [];
          const comparing = { table, key, columns, where };
          await session.execute('begin transaction isolation level repeatable read read only');
          try {
            const states = { copy: (sql: string) => session.rows(sql), production: ask };
            return await compareAsked(comparing, states, { limit, notes: [...elsewhere, ...notes] });
          } finally {
            await session.execute('rollback');
          }
        }),
      );
    }
    return all;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof DrillError) throw error;
    throw new DrillError('production-unanswered', `production could not be compared with: ${messageOf(error)}`, {
      hint: 'try the connection string with psql on this machine; a role that may read the tables is enough',
      cause: error,
    });
  }
}

function goneText(database: string): string {
  return `production has no such table in its database ${shownName(database)}`;
}

/** What is told of a table that production has not. */
async function allGone(
  session: Database,
  { table, where }: { readonly table: Table; readonly where: string | null },
  notes: readonly string[],
): Promise<Differences> {
  const [row] = await session.rows(`select count(*) ${rowsFrom({ from: qualified(table), where })}`);
  const counts = { same: 0, added: 0, removed: Number(row?.[0] ?? 0), changed: 0 };
  return { table: shownTable(table), key: table.key.map(({ name }) => name), counts, shown: [], notes };
}
