import { DrillError, messageOf } from '../core/errors.ts';
import { shownName, shownTable } from '../postgres/identifier.ts';
import { Production } from '../postgres/production.ts';
import type { Column } from './catalog.ts';
import type { CopyPlace } from './copy-programs.ts';
import { columnsThere, commonColumns, compareAsked } from './compare-states.ts';
import type { Differences } from './differences.ts';
import { digestSettings } from './row-digest.ts';
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
          if (there === null)
            throw new Error(`production has no table ${shownTable(table)} (in ${shownName(production.database)})`);
          const [own, theirs] = [table.columns, there].map((columns) => columns.map(({ name }) => name)) as [
            string[],
            string[],
          ];
          const { columns, notes } = commonColumns(own, theirs, 'production');
          // Values of another type would come in another order.
          const isThere = ({ name, type }: Column): boolean =>
            there.some((one) => one.name === name && one.type === type);
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
