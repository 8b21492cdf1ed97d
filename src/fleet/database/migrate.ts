import { RECORD_TABLES } from '../record/tables.ts';
import type { FleetDatabase } from './database.ts';

/** All that makes our tables, in order. What is here is never changed: what comes later goes behind it. */
const MIGRATIONS: readonly (readonly string[])[] = [RECORD_TABLES];

const LOCK = 0x7064_6c68;

/** Brings the tables of a fleet up to date; gives how many steps that took. Of several at once one does it. */
export function migrate(database: FleetDatabase): Promise<number> {
  return database.transaction(async (inside) => {
    await inside.rows('select pg_advisory_xact_lock($1::bigint)', [LOCK]);
    await inside.rows('create schema if not exists pgdrill');
    await inside.rows('create table if not exists pgdrill.migration (number integer primary key)');
    const [known] = await inside.rows<{ done: number }>(
      'select coalesce(max(number), 0) as done from pgdrill.migration',
    );
    const done = known?.done ?? 0;
    for (const [index, statements] of MIGRATIONS.entries()) {
      if (index < done) continue;
      for (const statement of statements) await inside.rows(statement);
      await inside.rows('insert into pgdrill.migration values ($1)', [index + 1]);
    }
    return Math.max(0, MIGRATIONS.length - done);
  });
}
