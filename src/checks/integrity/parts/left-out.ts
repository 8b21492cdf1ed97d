import { isZeroedDatabase } from '../../../postgres/data-fault.ts';
import { databasesText } from '../ask.ts';
import type { IntegrityPart } from '../part.ts';

/** But for template0, which nobody changes, and what an interrupted DROP DATABASE left, of which every run warns. */
const CLOSED =
  "select datname from pg_database where not datallowconn and datname <> 'template0' and datconnlimit <> -2 order by 1";

/**
 * What is left out. Files that pgBackRest was told to leave out (`exclude`) are a note, since somebody meant it; what that
 * makes of a relation is said by the part on files. A database that an earlier restore zeroed is damage: nobody can use it. One that takes no connections is a
 * note: it is as in production, but none of the other parts looks into it.
 */
export const leftOut: IntegrityPart = {
  title: 'nothing is left out',
  asks: 'what the configuration leaves out of backups, databases that a restore has zeroed, and databases that let nobody in',
  from: 'quick',
  needs: 'recovered',
  examine: async (context, findings) => {
    for (const path of context.excluded) findings.add('left-out', `backups leave out ${path} (exclude)`);
    for (const { name, refusal } of context.inspected.databases.filter((one) => isZeroedDatabase(one.refusal ?? '')))
      findings.add('database-zeroed', `the files of database "${name}" hold zeros: ${refusal ?? ''}`, {
        database: name,
      });
    await using database = await context.sessions.ours();
    for (const [name] of await database.rows(CLOSED)) {
      const text = `the database "${name ?? ''}" takes no connections, so only its files and pages are looked at`;
      findings.add('database-closed', text, { database: name ?? null });
    }
    return { at: databasesText(context) };
  },
};
