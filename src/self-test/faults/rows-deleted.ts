import type { Fault } from '../fault.ts';
import { NO_TRIGGERS, sessionsOf } from '../look-for-table.ts';
import { STANDBY, staysStandby } from '../standby.ts';
import { whileUnchecked } from '../tampered.ts';
import { hasFailed } from './failing-check.ts';

const NAME = 'self-test: the rows are there';

export const rowsDeleted: Fault = {
  does: 'all rows of a table are deleted in the copy before it is checked',
  changesRepository: false,
  codes: ['check-failed'],
  blames: 'pgdrill',
  make: ({ plan, table }) => {
    if (staysStandby(plan)) return { cannot: STANDBY };
    if (table === null) return { cannot: 'no table of the healthy copy has a row' };
    const { database, name } = table;
    let isDone = false;
    const sandbox = whileUnchecked(async (station) => {
      const sessions = await sessionsOf(station);
      await using session = await sessions.of(sessions.databaseFor(database));
      await session.execute(`begin read write; ${NO_TRIGGERS}; truncate only ${name} cascade; commit`);
      isDone = true;
    });
    const check = { name: NAME, database, sql: `select exists (select from ${name})` };
    return {
      overrides: [{ path: ['checks', plan.checks.length], value: check, option: 'the check' }],
      sandbox,
      wasDone: () => isDone,
      isSeen: (report) => hasFailed(report, NAME),
    };
  },
};
