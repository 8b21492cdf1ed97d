import type { IntegrityPart } from '../part.ts';

/** A note: it was open in production too. A standby does not list them before it is promoted (PostgreSQL 15), so there it is skipped. */
export const prepared: IntegrityPart = {
  title: 'no prepared transaction is open',
  asks: 'prepared transactions, which hold locks',
  from: 'quick',
  needs: 'recovered',
  toldByEveryRun: true,
  examine: async ({ sessions, standby }, findings) => {
    if (standby) return { at: 'nothing', skipped: 'a standby does not tell of prepared transactions' };
    await using database = await sessions.ours();
    const rows = await database.rows('select database, count(*) from pg_prepared_xacts group by 1 order by 1');
    for (const [name, count] of rows)
      findings.add('prepared-transaction', `${count ?? ''} open in ${name ?? ''}`, { database: name ?? null });
    return { at: 'pg_prepared_xacts' };
  },
};
