import type { Sessions } from '../postgres/sessions.ts';
import type { ReasonReport } from '../report/report.ts';
import { listed, type DatabaseFindings, type Inspected } from './wholeness.ts';

/** What matters in a real recovery, and PostgreSQL does not say: warnings, each with what to do, and what could not be asked. */
export async function noticesOf(
  { databases, invalid, unnamed }: Inspected,
  sessions: Sessions,
): Promise<ReasonReport[]> {
  return [
    ...collationNotice(databases),
    ...(await preparedNotice(sessions)),
    ...unloggedNotice(databases),
    ...invalidNotice(invalid),
    ...unnamedNotice(unnamed),
  ];
}

/** What was not asked did not pass: such a run is inconclusive. */
function unnamedNotice(names: readonly string[]): ReasonReport[] {
  if (names.length === 0) return [];
  const message = `a database whose name is no UTF-8 cannot be asked for, so nothing is known of it: ${listed(firstOf(names))}`;
  const hint = 'ALTER DATABASE … RENAME TO in production gives it a name in UTF-8';
  return [{ code: 'check-skipped', message, phase: 'verify', hint }];
}

/** PostgreSQL 15.20: `cannot connect to invalid database "x"`, in production as here. */
function invalidNotice(names: readonly string[]): ReasonReport[] {
  if (names.length === 0) return [];
  return [
    warning(
      'invalid-database',
      `a DROP DATABASE was interrupted in production, so nobody can connect to what is left, there or here: ${listed(firstOf(names))}`,
      'repeat DROP DATABASE in production; the drill did not look at its data',
    ),
  ];
}

function collationNotice(databases: readonly DatabaseFindings[]): ReasonReport[] {
  const differ = databases.filter(({ collations }) => collations.length > 0);
  if (differ.length === 0) return [];
  const each = differ.map(({ name, collations }) => `${name} (${listed(firstOf(collations))})`);
  return [
    warning(
      'collation-version',
      `collations have other versions here than in production: ${listed(firstOf(each))}; indexes on texts may be in the wrong order here, and in a real recovery on a machine with these versions`,
      'keep a machine ready with the operating system of production, or plan for REINDEX and ALTER DATABASE … REFRESH COLLATION VERSION after a recovery',
    ),
  ];
}

function unloggedNotice(databases: readonly DatabaseFindings[]): ReasonReport[] {
  const having = databases.filter(({ unlogged }) => unlogged.count > 0);
  if (having.length === 0) return [];
  const each = having.map(({ name, unlogged }) => `${name} (${listed(unlogged)})`);
  return [
    warning(
      'unlogged-tables',
      `unlogged tables are empty after any recovery: ${listed(firstOf(each))}`,
      'fill them again after a recovery, or make those that matter logged: ALTER TABLE … SET LOGGED',
    ),
  ];
}

/** A standby does not list them before it is promoted (PostgreSQL 15). */
async function preparedNotice(sessions: Sessions): Promise<ReasonReport[]> {
  await using database = await sessions.ours();
  const rows = await database.rows(
    "select format('%s in %s since %s', quote_literal(gid), database, to_char(prepared at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SSZ')) from pg_prepared_xacts order by prepared",
  );
  if (rows.length === 0) return [];
  const each = rows.map(([text]) => text ?? '');
  return [
    warning(
      'prepared-transactions',
      `${rows.length === 1 ? 'a prepared transaction is' : `${rows.length} prepared transactions are`} open after recovery: ${listed(firstOf(each))}; they hold their locks until they end, and VACUUM removes nothing that is younger`,
      'after a real recovery, end each with COMMIT PREPARED or ROLLBACK PREPARED, as its transaction manager says',
    ),
  ];
}

function firstOf(all: readonly string[]): { count: number; first: readonly string[] } {
  return { count: all.length, first: all.slice(0, 3) };
}

function warning(
  code: 'collation-version' | 'invalid-database' | 'prepared-transactions' | 'unlogged-tables',
  message: string,
  hint: string,
): ReasonReport {
  return { code, message, phase: 'verify', hint };
}
